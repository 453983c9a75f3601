"""Twilio's Messages resource (API 2010-04-01): SMS, and WhatsApp by the same request. Pure.

It takes no idempotency key but can be asked: messages by recipient and day, so an attempt whose end nobody knows is
looked up before the message is sent again.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.notifier.delivery import Result
from services.notifier.gateways.format import Account, Outgoing, Request, by_status

# https://www.twilio.com/docs/api/errors
_BAD_ADDRESS: Final = {21211, 21212, 21214, 21217, 21265, 21614, 21635}
_STOPPED: Final = {21610}
_UNREACHABLE: Final = {21408, 21612, 30004, 30005, 30006, 63003, 63024}
_NOT_NOW: Final = {30001, 30003, 30008, 30017, 63018}  # a phone that is off, a full queue
_FILTERED: Final = {30007, 30034}
_WINDOW: Final = {63016}
_GONE: Final = {"failed", "undelivered", "canceled"}


class Twilio:
    """The format `twilio`: user is the account's SID, password its token, option `from` our number or sender."""

    def send(self, account: Account, message: Outgoing) -> Request:
        """POST to the list of messages."""
        way = "whatsapp:" if message.kind == "whatsapp" else ""
        form = {"To": way + message.to, "From": way + account.options.get("from", ""), "Body": message.text}
        if callback := account.options.get("receipts"):
            form["StatusCallback"] = f"{callback}?n={message.notification_id}"
        return Request("POST", _messages(account), account.user, account.password, form=form)

    def sent(self, status: int, answer: Mapping[str, Any]) -> Result:
        """201 with the message's SID; an error has a code of its own."""
        if status in {200, 201} and isinstance(answer.get("sid"), str):
            return Result("sent", None, answer["sid"])
        if status in {200, 201}:
            return Result("unknown", "rubbish")
        return by_code(answer.get("code")) or by_status(status)

    def gives_receipts(self, account: Account) -> bool:
        """To the address that goes along with each message."""
        return "receipts" in account.options

    def ask(self, account: Account, message: Outgoing) -> Request | None:
        """GET the newest messages to this recipient."""
        way = "whatsapp:" if message.kind == "whatsapp" else ""
        return Request(
            "GET", _messages(account), account.user, account.password, form={"To": way + message.to, "PageSize": "50"}
        )

    def asked(self, message: Outgoing, answer: Mapping[str, Any]) -> Result | None:
        """Sent before where one of them has these words and has not failed; they hold the report's code."""
        found = answer.get("messages")
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and one.get("body") == message.text and one.get("status") not in _GONE:
                return Result("sent", "found-sent", str(one.get("sid")))
        return None


def by_code(code: object) -> Result | None:
    """What one of Twilio's error codes means; None where it says nothing of the recipient."""
    for codes, status, reason in (
        (_STOPPED, "permanent-failure", "stopped"),
        (_BAD_ADDRESS, "permanent-failure", "bad-address"),
        (_UNREACHABLE, "permanent-failure", "unreachable"),
        (_NOT_NOW, "temporary-failure", f"twilio-{code}"),
        (_FILTERED, "technical-failure", "filtered"),
        (_WINDOW, "technical-failure", "needs-template"),
    ):
        if code in codes:
            return Result(status, reason)
    return None


def _messages(account: Account) -> str:
    return f"{account.url}/2010-04-01/Accounts/{account.user}/Messages.json"
