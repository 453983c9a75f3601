"""The mail catcher: takes every mail by SMTP, delivers none, lets one read them over HTTP.

python -m deploy.local.mail --folder FOLDER --smtp-port 1025 --http-port 8025
"""

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mail_pages import reading_api
from deploy.local.mailbox import Mailbox

LARGEST_MAIL = 10 * 2**20  # bytes
KEPT_MAILS = 50_000


class Catcher:
    """What the SMTP server does with a mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Store it; the reply carries the id under which it can be read."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        identity = self._mailbox.put(envelope.mail_from or "", envelope.rcpt_tos, content)
        return f"250 2.0.0 Ok: queued as {identity}"


async def serve(mailbox: Mailbox, host: str, smtp_port: int, http_port: int) -> None:
    """Serve SMTP and HTTP until asked to stop by SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            Catcher(mailbox),
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="tanggap.invalid",
            ident="Tanggap mail catcher",
            loop=loop,
        )

    smtp = await loop.create_server(session, host, smtp_port)
    settings = uvicorn.Config(reading_api(mailbox), host=host, port=http_port, log_level="warning", access_log=False)
    web = uvicorn.Server(settings)
    async with smtp:
        # uvicorn handles both signals itself, and raises the one it caught again when it is done.
        await web.serve()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mail", description="Catches mail and shows it.")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are stored")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--smtp-port", type=int, default=1025, help="default: %(default)s")
    parser.add_argument("--http-port", type=int, default=8025, help="default: %(default)s")
    parser.add_argument("--keep", type=int, default=KEPT_MAILS, help="the newest so many mails (default: %(default)s)")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Mailbox(given.folder, keep=given.keep), given.host, given.smtp_port, given.http_port))


if __name__ == "__main__":
    main()
