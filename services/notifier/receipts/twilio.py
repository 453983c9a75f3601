"""Twilio's status callbacks: a form, signed over our own address and the form's fields. Pure.

https://www.twilio.com/docs/usage/security and /docs/messaging/guides/track-outbound-message-status.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from services.notifier.delivery import Result
from services.notifier.gateways.format import Account
from services.notifier.gateways.twilio import by_code
from services.notifier.receipts.format import Posted, Receipt, Unreadable, identity, is_name, same

_SAID: Final = {"sent": "sent", "delivered": "delivered", "read": "delivered"}
_FAILED: Final = frozenset({"failed", "undelivered"})
# On its way: nothing new.
_PASSING: Final = frozenset({"accepted", "scheduled", "queued", "sending", "receiving", "received", "canceled"})


class TwilioReceipts:
    """`url` is our public address, without the path: Twilio signs what it was told to call.

    Where it is not set, the address in the request counts: whoever does not know the token can sign neither.
    """

    most_bytes: Final = 64 * 1024

    def __init__(self, account: Account, url: str | None) -> None:
        self._account = account
        self._url = url.rstrip("/") if url else None

    def is_signed(self, posted: Posted) -> bool:
        """HMAC-SHA1 with the auth token over the address and each field's name and value, sorted by name."""
        called = (posted.origin if self._url is None else self._url) + posted.target
        right = signature(self._account.password, called, _fields(posted.body))
        return same(posted.headers.get("x-twilio-signature", ""), right)

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Twilio asks for none."""
        return None

    def read(self, posted: Posted) -> Sequence[Receipt]:
        """One message; its error code tells why it failed."""
        fields = dict(_fields(posted.body))
        message, said = fields.get("MessageSid", ""), fields.get("MessageStatus", "")
        if not is_name(message) or said not in _SAID.keys() | _FAILED | _PASSING:
            raise Unreadable
        if said in _PASSING:
            return ()
        result = Result(_SAID[said]) if said in _SAID else _failure(fields.get("ErrorCode", ""))
        name = self._account.name
        return (Receipt(name, message, identity(posted.query.get("n")), result.status, result.reason),)


def signature(token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """What Twilio writes into X-Twilio-Signature."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []


def _failure(code: str) -> Result:
    known = by_code(int(code)) if code.isdecimal() and len(code) < 10 else None
    return known or Result(
        "temporary-failure", f"twilio-{code}" if code.isdecimal() and len(code) < 10 else "undelivered"
    )
