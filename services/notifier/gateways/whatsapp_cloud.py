"""Meta's WhatsApp Cloud API: POST /<phone number id>/messages. Pure.

It takes no idempotency key and cannot be asked; the notification's id goes along as `biz_opaque_callback_data`, which
comes back with each receipt. Whoever has not written to us within 24 hours only gets a template that Meta has approved:
option `template` names one with a single variable for the text; without it, plain text is sent.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.notifier.delivery import Result
from services.notifier.gateways.format import Account, Held, Outgoing, Request, by_status

# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
_HELD: Final = {0, 3, 4, 10, 190, 80007, 130429, 131016, 131031, 131042, 131048, 131057, 133016, 368}
_BAD_ADDRESS: Final = {131026, 131030, 33, 131021}
_STOPPED: Final = {131050}
_NOT_NOW: Final = {131000, 131049, 131045, 131056}  # 131056: too many to this one number
_WINDOW: Final = {131047}
_LONGEST_TEXT: Final = 4096


class WhatsAppCloud:
    """The format `whatsapp-cloud`: user is the phone number's id, password the access token, path the API's version."""

    def send(self, account: Account, message: Outgoing) -> Request:
        """A text, or the approved template with the text as its variable."""
        template = account.options.get("template")
        text = message.text[:_LONGEST_TEXT]
        content: dict[str, Any] = {"type": "text", "text": {"preview_url": False, "body": text}}
        if template:
            # A variable of a template takes no line feeds.
            variable = {"type": "text", "text": " ".join(text.split())[:1024]}
            code = "en" if message.language == "en" else "id"  # WhatsApp knows neither Javanese nor Madurese
            content = {
                "type": "template",
                "template": {
                    "name": template,
                    "language": {"code": code},
                    "components": [{"type": "body", "parameters": [variable]}],
                },
            }
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": message.to.removeprefix("+"),
            "biz_opaque_callback_data": message.notification_id,
            **content,
        }
        return Request("POST", f"{account.url}/{account.user}/messages", None, account.password, body=body)

    def sent(self, status: int, answer: Mapping[str, Any]) -> Result:
        """200 with the message's id; an error has a code of its own."""
        if status == 200:
            messages = answer.get("messages")
            first = messages[0] if isinstance(messages, list) and messages else None
            identity = first.get("id") if isinstance(first, dict) else None
            return Result("sent", None, identity) if isinstance(identity, str) else Result("unknown", "rubbish")
        error = answer.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if code in _HELD:
            raise Held(f"whatsapp-{code}")
        return by_code(code) or by_status(status)

    def gives_receipts(self, account: Account) -> bool:
        """Where we know the app's secret: without it nobody could tell them from forged ones."""
        return "secret" in account.options

    def ask(self, account: Account, message: Outgoing) -> Request | None:
        """Nobody can be asked."""
        return None

    def asked(self, message: Outgoing, answer: Mapping[str, Any]) -> Result | None:
        """Nobody was asked."""
        return None


def by_code(code: object) -> Result | None:
    """What one of Meta's error codes means; None where it says nothing of the recipient."""
    for codes, outcome, reason in (
        (_BAD_ADDRESS, "permanent-failure", "unreachable"),
        (_STOPPED, "permanent-failure", "stopped"),
        (_WINDOW, "technical-failure", "needs-template"),
        (_NOT_NOW, "temporary-failure", f"whatsapp-{code}"),
    ):
        if code in codes:
            return Result(outcome, reason)
    return None
