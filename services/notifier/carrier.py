"""What carries messages: one shape for a mail relay, a gateway, a webhook or a bot. Pure: names, no transport."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.notifier.delivery import Result
from services.notifier.messages import Words
from services.notifier.planning import Message


class Away(Exception):
    """The provider does not answer or takes nothing now: nothing was sent, and nothing will be for a while.

    `seconds`: how long it asked us to wait, where it did.
    """

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


class Broken(Exception):
    """The session cannot be used any more; `result` is what is known of the message it had in hand."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.reason)
        self.result = result


class Session(Protocol):
    """A connection to a provider."""

    async def send(self, message: Message, words: Words, address: str) -> Result:
        """Hand one message over and say what became of it; raises Broken where the session is at its end."""


class Carrier(Protocol):
    """A provider of one kind of message; `connections` are used at the same time.

    A name belongs to one provider of a kind. Of several, each gets messages by its `weight` while it is well.
    """

    @property
    def kind(self) -> str:
        """The kind of messages it carries."""

    @property
    def name(self) -> str:
        """The provider's name, as outcomes and metrics show it."""

    @property
    def connections(self) -> int:
        """How many sessions at most."""

    @property
    def tells_repeats(self) -> bool:
        """Whether a message can be sent again and is still received once: by a key, or because it can be asked."""

    @property
    def gives_receipts(self) -> bool:
        """Whether it tells later what became of each message that it took."""

    @property
    def weight(self) -> float:
        """Its part of the messages beside the other providers of the kind."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """A connection; entering it raises Away where the provider does not answer."""
