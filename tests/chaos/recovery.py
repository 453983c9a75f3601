"""How long it takes until reports that are published after a fault have come the whole way again."""

import asyncio
import time
from collections.abc import Callable

from tests.chaos.cast import PARTITIONS, Cast
from tests.chaos.relay import Relay

# Reports filed one after the other go to the partitions in turn: so many told reporters are about two of each.
_FRESH = 2 * PARTITIONS


class Recovery:
    """Watches the mails that arrive. One of the fresh reports may be missing: `unknown` is what policy calls it."""

    def __init__(self, relay: Relay, cast: Cast, following: Callable[[], int]) -> None:
        self._cast = cast
        self._following = following
        self._waiting: set[bytes] = set()
        self._done = asyncio.Event()
        self.first = 0.0  # when the first mail came after the end of the fault, whatever it told
        relay.told = self._told

    async def seconds_since(self, ended: float, within: float = 180.0) -> float | None:
        """Seconds from `ended` until the next reports to be filed have been told of; None where they were not."""
        number = self._following()
        self._waiting = set()
        self._done.clear()
        self.first = 0.0
        while len(self._waiting) < _FRESH:
            part = self._cast.part(number)
            if part.mail and not part.door:
                self._waiting.add(b"r%d" % number)
            number += 1
        try:
            await asyncio.wait_for(self._done.wait(), within)
        except TimeoutError:
            return None
        return time.monotonic() - ended

    def _told(self, recipient: bytes) -> None:
        self.first = self.first or time.monotonic()
        if recipient in self._waiting:
            self._waiting.discard(recipient)
            if len(self._waiting) <= 1:
                self._done.set()
