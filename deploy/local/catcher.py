"""The mail catcher as a part of the stack."""

import asyncio
import contextlib
import sys
from pathlib import Path

from deploy.local.child import Recipe
from deploy.local.part import Told, plain_environment
from deploy.local.ports import LOOPBACK

CHECKOUT = Path(__file__).resolve().parents[2]


class MailCatcher:
    """Runs `deploy.local.mail` with its mails below `home`."""

    name = "mail"

    def __init__(self, home: Path, smtp_port: int, http_port: int) -> None:
        self._folder = home / "mail"
        self._log = home / "log" / "mail.log"
        self._smtp_port = smtp_port
        self._http_port = http_port

    @property
    def address(self) -> str:
        """Both doors."""
        return f"{self.smtp_url} {self.reading_url}"

    @property
    def smtp_url(self) -> str:
        """Where mail is handed in."""
        return f"smtp://{LOOPBACK}:{self._smtp_port}"

    @property
    def reading_url(self) -> str:
        """Where mail is read."""
        return f"http://{LOOPBACK}:{self._http_port}"

    async def prepare(self, told: Told) -> None:
        """Nothing to do: the catcher makes its folder."""

    def recipe(self) -> Recipe:
        """How it is run."""
        ports = (f"--smtp-port={self._smtp_port}", f"--http-port={self._http_port}")
        return Recipe(
            command=(sys.executable, "-m", "deploy.local.mail", f"--folder={self._folder}", *ports),
            log=self._log,
            environment=plain_environment(),
            folder=CHECKOUT,
        )

    async def is_ready(self) -> bool:
        """Whether it greets by SMTP and answers by HTTP."""
        return await _greets(self._smtp_port) and await answers(self._http_port, "/api/v1/messages?limit=0")


async def _greets(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    with contextlib.suppress(OSError, TimeoutError):
        greeting = await asyncio.wait_for(reader.readline(), timeout=2)
        writer.write(b"QUIT\r\n")
        await asyncio.wait_for(reader.readline(), timeout=2)
        writer.close()
        return greeting.startswith(b"220")
    writer.close()
    return False


async def answers(port: int, path: str) -> bool:
    """Whether a GET on the loopback address is answered with status 200 within two seconds; proxies are not asked."""
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), timeout=2)
        return status.split()[1:2] == [b"200"]
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
