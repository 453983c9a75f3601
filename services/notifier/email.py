"""E-mail by SMTP (RFC 5321, RFC 5322): one message, one recipient, a Message-ID that follows from the notification."""

from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Final, Self

import aiosmtplib
from pydantic_core import Url

from services.notifier.delivery import Result
from services.notifier.messages import Words
from services.notifier.planning import Message

PROVIDER: Final = "smtp"


def compose(message: Message, words: Words, sender: str, recipient: str) -> EmailMessage:
    """The mail for `message`; all mails about a report are one thread."""
    domain = sender.rpartition("@")[2]
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = words.subject
    mail["Date"] = format_datetime(message.step.at)
    mail["Message-ID"] = f"<{message.notification_id}@{domain}>"
    thread = f"<{message.step.report_id}@{domain}>"
    mail["References"] = thread
    mail["In-Reply-To"] = thread
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    mail.set_content(words.text)
    return mail


class Mailbox:
    """One connection to the mail relay; each of its answers is awaited for `timeout` seconds."""

    def __init__(self, url: Url, timeout: float) -> None:
        secure = url.scheme == "smtps"
        self._client = aiosmtplib.SMTP(
            hostname=url.host,
            port=url.port or (465 if secure else 25),
            username=url.username,
            password=url.password,
            use_tls=secure,
            timeout=timeout,
        )

    async def __aenter__(self) -> Self:
        """Connect; raises OSError or SMTPException where the relay does not answer: nothing was sent."""
        await self._client.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    async def send(self, mail: EmailMessage) -> Result:
        """Hand one mail over. `unknown` where the connection broke after the text had gone out."""
        handed_over = False
        try:
            await self._client.mail(mail["From"])
            await self._client.rcpt(mail["To"])
            handed_over = True
            await self._client.data(mail.as_bytes())
        except aiosmtplib.SMTPResponseException as error:
            await self._client.rset()
            temporary = 400 <= error.code < 500
            return Result("temporary-failure" if temporary else "permanent-failure", f"smtp-{error.code}")
        except (aiosmtplib.SMTPException, OSError):
            if handed_over:
                return Result("unknown", "connection-lost")
            return Result("created", "provider-away", held_back=True)
        return Result("sent", None, mail["Message-ID"])
