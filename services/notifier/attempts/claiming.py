"""What is due of one kind, taken for this instance and dealt to the kind's providers.

The provider is written down with the attempt, before it is called. What it may have is dealt to it alone where it can
tell a repeat; what another refused for now goes elsewhere first; the rest follows the shares of `health`.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifier.attempts import store
from services.notifier.attempts.health import Health
from services.notifier.carrier import Carrier
from services.notifier.contacts.addressing import Address, Addressing
from services.notifier.delivery import Result
from services.notifier.planning import Message
from shared import metrics
from shared.database import Pool

_CLAIM: Final = 100
# No provider gets more in hand than it can begin soon: a slow one must not sit on messages, and what is in hand when
# the process dies is `unknown`, although it was perhaps not begun.
_IN_HAND: Final = 3


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, with where it goes, or why it goes nowhere."""

    message: Message
    address: Address | Result
    at: datetime


class Queue:
    """The messages of one kind, for the providers of it."""

    def __init__(self, carriers: Sequence[Carrier], addressing: Addressing, lease: timedelta, pool: Pool) -> None:
        self.kind = carriers[0].kind
        self.health = Health({carrier.name: carrier.weight for carrier in carriers})
        self._addressing = addressing
        self._lease = lease
        self._pool = pool
        self._room = {one.name: _IN_HAND * one.connections for one in carriers}
        self._taken: dict[str, deque[Claimed]] = {name: deque() for name in self._room}
        self._awake = {name: asyncio.Event() for name in self._room}
        self._closed = dict.fromkeys(self._room, 0.0)
        self._claiming = asyncio.Lock()
        self._more = True  # whether something may be due that the last claim did not take
        self._tell()

    def wake(self) -> None:
        """Something new is due."""
        self._more = True
        for event in self._awake.values():
            event.set()

    async def wait(self, name: str) -> None:
        """Return when something may be there for `name`, after a second at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake[name].wait(), 1.0)
        self._awake[name].clear()

    async def waiting(self, name: str) -> int:
        """How many are in hand for `name`; more are taken where there is none."""
        async with self._claiming:
            if not self._taken[name]:
                await self._claim(name)
            return len(self._taken[name])

    async def next(self, name: str) -> Claimed | None:
        """The next message for `name`; None where nothing is due for it."""
        async with self._claiming:
            if not self._taken[name] and self._more:
                await self._claim(name)
            return self._taken[name].popleft() if self._taken[name] else None

    def in_hand(self, name: str) -> int:
        """How many are taken for `name` and not begun."""
        return len(self._taken[name])

    def is_closed(self, name: str) -> bool:
        """Whether `name` takes nothing for now."""
        return self._closed[name] > time.monotonic()

    def close(self, name: str, seconds: float) -> Sequence[Claimed]:
        """Deal nothing to `name` for so long; returns what it has in hand."""
        self._closed[name] = time.monotonic() + seconds
        given_back = list(self._taken[name])
        self._taken[name].clear()
        return given_back

    def note(self, name: str, *, good: bool) -> None:
        """How a message went at `name`."""
        self.health.note(name, time.monotonic(), good=good)
        self._tell()

    def _tell(self) -> None:
        for name, share in self.health.shares().items():
            metrics.PROVIDER_SHARE.labels(self.kind, name).set(share)

    async def _claim(self, name: str) -> None:
        now = datetime.now(UTC)
        rooms = {
            one: self._room[one] - len(taken)
            for one, taken in self._taken.items()
            if one == name or not self.is_closed(one)
        }
        rooms = {one: room for one, room in rooms.items() if room > 0}
        most = min(_CLAIM, sum(rooms.values()))
        deal = dealer(self.health, rooms)
        self._more = False
        async with self._pool.acquire() as con:
            async with con.transaction():
                due = await store.claim(con, self.kind, list(rooms), deal, now, now + self._lease, most)
            found = await self._addressing.find([message for message, _ in due], con) if due else {}
        self._more |= len(due) == most
        for message, provider in due:
            self._taken[provider].append(Claimed(message, found[message.notification_id], now))
            if provider != name:
                self._awake[provider].set()


def dealer(
    health: Health, rooms: Mapping[str, int], chance: Callable[[], float] = random.random
) -> Callable[[Sequence[store.Due]], Mapping[UUID, str]]:
    """Deals messages to the providers that have room; one whose own provider is full waits."""

    def deal(due: Sequence[store.Due]) -> Mapping[UUID, str]:
        left = dict(rooms)
        dealt: dict[UUID, str] = {}
        for one in due:
            open_ = [name for name, room in left.items() if room > 0 and one.bound in {None, name}]
            elsewhere = [name for name in open_ if name != one.provider]
            if not open_:
                continue
            chosen = health.choose(chance(), elsewhere or open_)
            left[chosen] -= 1
            dealt[one.notification_id] = chosen
        return dealt

    return deal
