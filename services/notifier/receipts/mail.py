"""Mails that came back: delivery status notifications (RFC 3464), handed over by the mail server. Pure.

Our Message-ID holds the notification's id, so the message in the report names it; where a server left the original out,
its answer refers to it.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_bytes, policy
from email.message import Message as Part
from typing import Final

from services.notifier.email import PROVIDER
from services.notifier.receipts.format import Posted, Receipt, identity, same

_MESSAGE_ID: Final = re.compile(r"<([0-9a-f-]{36})@([^<>@\s]+)>")
# RFC 3463, section 2: class, subject, detail.
_STATUS: Final = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})")


class MailReceipts:
    """`sender` is the address that our mails come from; its domain ends our Message-IDs."""

    most_bytes: Final = 4 * 1024 * 1024

    def __init__(self, secret: str, sender: str) -> None:
        self._secret = secret
        self._domain = sender.rpartition("@")[2].lower()

    def is_signed(self, posted: Posted) -> bool:
        """HMAC-SHA256 over the bytes of the mail, as `sha256=<hex>`."""
        right = "sha256=" + hmac.new(self._secret.encode(), posted.body, hashlib.sha256).hexdigest()
        return same(posted.headers.get("x-tanggap-signature-256", ""), right)

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """A mail server asks for none."""
        return None

    def read(self, posted: Posted) -> Sequence[Receipt]:
        """What became of the mail it speaks of; nothing where it is no report, or of no mail of ours."""
        mail = message_from_bytes(posted.body, policy=policy.compat32)
        said = _said(mail)
        ours = next((found for text in _references(mail) if (found := self._ours(text))), None)
        if said is None or ours is None:
            return ()
        status, reason = said
        return (Receipt(PROVIDER, ours, identity(ours[1:37]), status, reason),)

    def _ours(self, text: str) -> str | None:
        for found in _MESSAGE_ID.finditer(text):
            if found[2].lower() == self._domain and identity(found[1]):
                return found[0]
        return None


def _said(mail: Part) -> tuple[str, str | None] | None:
    """Status and reason by the first recipient, ours has only one; None where it says nothing final."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if not isinstance(block, Part) or block.get("Action") is None:
                continue
            action = str(block["Action"]).split()[0:1]
            code = _STATUS.match(str(block.get("Status", "")))
            if action == ["delivered"]:
                return "delivered", None
            # `delayed`: the server goes on trying. `relayed` and `expanded`: it went on to somebody who tells nothing.
            if [one.lower() for one in action] != ["failed"] or code is None or code[1] == "2":
                return None
            return "permanent-failure" if code[1] == "5" else "temporary-failure", f"dsn-{code[1]}-{code[2]}-{code[3]}"
    return None


def _references(mail: Part) -> Iterator[str]:
    """Where the original's Message-ID may stand: in what came back of it, then in the answer's own head."""
    for part in mail.walk():
        if part is mail:
            continue
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            found = message_from_bytes(text) if isinstance(text, bytes) else None
            if found is not None and found.get("Message-ID"):
                yield str(found["Message-ID"])
        elif part.get("Message-ID"):
            yield str(part["Message-ID"])
    for name in ("In-Reply-To", "References"):
        yield str(mail.get(name, ""))
