"""Sending what is due: the attempt is committed, then the provider is called, then the result is committed.

Each kind has a lane of its own: one whose provider is down is in nobody's way. No provider is called inside a
transaction: it would hold rows for as long as somebody else likes.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import TemplateError

from services.notifier import store
from services.notifier.carrier import Away, Broken, Carrier, Session
from services.notifier.contacts.addressing import Address, Addressing
from services.notifier.delivery import Result
from services.notifier.filing import Settler
from services.notifier.messages import Letter, Messages
from services.notifier.planning import Message
from shared import log
from shared.database import Pool
from shared.failures import back_off

_log = log.get("notifier")
_CLAIM = 100
# Results of one connection that may still be on their way into the database: together they take fewer commits.
_UNKEPT = 8
HELD_BACK = Result("created", "provider-away", held_back=True)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, with where it goes, or why it goes nowhere."""

    message: Message
    address: Address | Result
    at: datetime


class Lane:
    """Sends the messages of one kind. Several instances share the work; none takes what another has."""

    def __init__(
        self, carrier: Carrier, messages: Messages, addressing: Addressing, pool: Pool, settler: Settler
    ) -> None:
        self._carrier = carrier
        self._messages = messages
        self._addressing = addressing
        self._pool = pool
        self._settler = settler
        self._lease = settler.lease
        self._awake = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._waiting: deque[Claimed] = deque()
        self._patience = back_off(first=1.0, most=15.0)

    def wake(self) -> None:
        """Something new is due."""
        self._awake.set()

    async def send_due(self) -> None:
        """Wait for work, a second at most, and do all there is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), 1.0)
        self._awake.clear()
        await self._settler.drop_old_news()
        try:
            # A message may have waited for an earlier one about the same report: look again after each round.
            while await self._claim():
                workers = min(self._carrier.connections, len(self._waiting))
                for end in await asyncio.gather(*(self._work() for _ in range(workers)), return_exceptions=True):
                    if end is not None:
                        raise end
            self._patience = back_off(first=1.0, most=15.0)
        except Away as error:
            _log.warning("provider.away", provider=self._carrier.name, error=str(error))
            await self._hold_back()
            await asyncio.sleep(next(self._patience))

    async def _claim(self) -> bool:
        now = datetime.now(UTC)
        due = await store.claim(self._pool, self._carrier.kind, now, now + self._lease, _CLAIM)
        found = await self._addressing.find(due) if due else {}
        self._waiting.extend(Claimed(message, found[message.notification_id], now) for message in due)
        return bool(due)

    async def _next(self) -> Claimed | None:
        async with self._claiming:
            if not self._waiting:
                await self._claim()
            return self._waiting.popleft() if self._waiting else None

    async def _work(self) -> None:
        """Send over one connection, and over a new one where it breaks, until nothing is due."""
        kept: deque[asyncio.Task[None]] = deque()
        try:
            await self._send_all(kept)
        finally:
            await asyncio.gather(*kept)

    async def _send_all(self, kept: deque[asyncio.Task[None]]) -> None:
        claimed = await self._next()
        while claimed:
            try:
                async with self._carrier.session() as session:
                    while claimed:
                        await self._keep(kept, claimed, await self._attempt(session, claimed))
                        claimed = await self._next()
            except Broken as broken:
                assert claimed is not None  # noqa: S101 - a session breaks with a message in hand
                await self._keep(kept, claimed, broken.result)
                claimed = await self._next()
            except Away:
                if claimed:
                    self._waiting.append(claimed)
                raise

    async def _keep(self, kept: deque[asyncio.Task[None]], claimed: Claimed, result: Result) -> None:
        """Have a result committed while the next message is sent; what a crash leaves unknown is bounded."""
        kept.append(asyncio.create_task(self._settler.keep(claimed.message, result, self._carrier.name)))
        if len(kept) >= _UNKEPT:
            await kept.popleft()

    async def _hold_back(self) -> None:
        """Give back what was taken: it was not tried."""
        given_back = [self._settler.keep(one.message, HELD_BACK, self._carrier.name) for one in self._waiting]
        self._waiting.clear()
        await asyncio.gather(*given_back)

    async def _attempt(self, session: Session, claimed: Claimed) -> Result:
        message = claimed.message
        # No attempt begins in the second half of the lease: it is over before another instance takes it for lost.
        if datetime.now(UTC) > claimed.at + self._lease / 2:
            return Result("created", "too-late", held_back=True)
        address = claimed.address
        if isinstance(address, Result):
            return address
        rule = self._messages.rule_of(message.news, message.audience, message.template)
        if rule is None:
            return Result("technical-failure", "no-template")
        try:
            letter = Letter(
                rule, message.kind, message.language, message.news, message.known, message.recipient, address.stop_url
            )
            words = self._messages.write(letter)
        except (TemplateError, LookupError, TypeError):
            _log.exception("message.unwritten", template=message.template, language=message.language)
            return Result("technical-failure", "no-words")
        return await session.send(message, words, address.value)
