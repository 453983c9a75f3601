"""The webhook of Meta's WhatsApp Cloud API: JSON, signed with the app's secret. Pure.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started and /docs/whatsapp/cloud-api/webhooks.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.notifier.delivery import Result
from services.notifier.gateways.format import Account, read_answer
from services.notifier.gateways.whatsapp_cloud import by_code
from services.notifier.receipts.format import Posted, Receipt, Unreadable, identity, is_name, same

_SAID: Final = {"sent": "sent", "delivered": "delivered", "read": "delivered", "played": "delivered"}


class WhatsAppReceipts:
    """Options of the account: `secret`, the app's, and `verify`, the word agreed with Meta when the address is set."""

    most_bytes: Final = 3 * 1024 * 1024  # as Meta says

    def __init__(self, account: Account) -> None:
        self._account = account

    def is_signed(self, posted: Posted) -> bool:
        """HMAC-SHA256 with the app's secret over the bytes of the body."""
        right = "sha256=" + hmac.new(self._account.options["secret"].encode(), posted.body, hashlib.sha256).hexdigest()
        return same(posted.headers.get("x-hub-signature-256", ""), right)

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """The challenge, where the word is ours."""
        word = self._account.options.get("verify")
        if not word or query.get("hub.mode") != "subscribe" or not same(query.get("hub.verify_token", ""), word):
            return None
        return query.get("hub.challenge", "")[:1000]

    def read(self, posted: Posted) -> Sequence[Receipt]:
        """All statuses in it; messages that people send us are none."""
        whole = read_answer(posted.body)
        if whole.get("object") != "whatsapp_business_account":
            raise Unreadable
        return [receipt for status in _statuses(whole) if (receipt := self._receipt(status))]

    def _receipt(self, status: Mapping[str, Any]) -> Receipt | None:
        message, said, ours = (status.get(name) for name in ("id", "status", "biz_opaque_callback_data"))
        if not isinstance(message, str) or not is_name(message) or not isinstance(said, str):
            return None
        if said != "failed" and said not in _SAID:
            return None
        result = Result(_SAID[said]) if said in _SAID else _failure(status)
        known = identity(ours) if isinstance(ours, str) else None
        return Receipt(self._account.name, message, known, result.status, result.reason)


def _statuses(whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _objects(whole.get("entry")):
        for change in _objects(entry.get("changes")):
            value = change.get("value")
            yield from _objects(value.get("statuses") if isinstance(value, dict) else None)


def _objects(found: object) -> Iterator[Mapping[str, Any]]:
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield one


def _failure(status: Mapping[str, Any]) -> Result:
    code = next((error.get("code") for error in _objects(status.get("errors"))), None)
    known = by_code(code) if isinstance(code, int) else None
    return known or Result(
        "temporary-failure", f"whatsapp-{code}" if isinstance(code, int) and code >= 0 else "undelivered"
    )
