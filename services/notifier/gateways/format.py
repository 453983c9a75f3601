"""What a provider's format is: the request for a message, and what its answers mean. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from services.notifier.delivery import Result

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Account:
    """Where a gateway is and who we are there: `format+https://user:password@host[:port][/path]?name=value`.

    Options: `name` (as outcomes show it; else the format), `from` (our number), `key=1` (it takes an
    Idempotency-Key), `weight` (its part beside others, else 1), and what the format adds.
    """

    format: str
    url: str
    user: str
    password: str
    options: Mapping[str, str]

    @property
    def name(self) -> str:
        """The provider's name in outcomes, metrics and receipts."""
        return self.options.get("name", self.format)

    @property
    def weight(self) -> float:
        """Its part of the messages beside others of the kind."""
        return float(self.options.get("weight", 1))


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; `form` or `body`, whichever the provider takes. `password` goes with `user`, or as a bearer."""

    method: str
    url: str
    user: str | None = None
    password: str = ""
    form: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to a number in E.164; `notification_id` and the language go along where the provider takes them."""

    kind: str
    to: str
    text: str
    notification_id: str
    language: str


class Held(Exception):
    """The provider takes nothing now, or nothing of ours: this was no attempt. Says why."""


class Format(Protocol):
    """A provider's language."""

    def send(self, account: Account, message: Outgoing) -> Request:
        """The request that sends `message`."""

    def sent(self, status: int, answer: Mapping[str, Any]) -> Result:
        """What the answer to it means; raises Held where it was no attempt."""

    def gives_receipts(self, account: Account) -> bool:
        """Whether it tells later what became of a message."""

    def ask(self, account: Account, message: Outgoing) -> Request | None:
        """The request that asks whether `message` was sent before; None where the provider cannot be asked."""

    def asked(self, message: Outgoing, answer: Mapping[str, Any]) -> Result | None:
        """What the answer to that means; None where the message was not sent."""


def read_account(text: str) -> Account:
    """An account from a setting; raises ValueError."""
    parts = urlsplit(text.strip())
    name, plus, scheme = parts.scheme.partition("+")
    if not plus or scheme not in {"http", "https"} or not parts.hostname or not parts.username or not parts.password:
        raise ValueError("must read format+https://user:password@host/path?name=value")
    port = f":{parts.port}" if parts.port else ""
    url = f"{scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}"
    account = Account(name, url, unquote(parts.username), unquote(parts.password), dict(parse_qsl(parts.query)))
    if not _NAME.fullmatch(account.name) or not 0 < account.weight < 1000:
        raise ValueError("name must be of a-z, 0-9 and hyphens, and weight a number over 0")
    return account


def by_status(status: int) -> Result:
    """What an HTTP status means where the answer's own code says nothing.

    An error of the server may come after it took the message: nobody knows.
    """
    if status in {401, 403}:
        raise Held("not-allowed")
    if status in {429, 503}:
        raise Held("provider-busy")
    if status >= 500:
        return Result("unknown", f"http-{status}")
    return Result("technical-failure", f"http-{status}")


def read_answer(raw: bytes) -> Mapping[str, Any]:
    """The JSON object of an answer; nothing where it is none: rubbish is no news."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
