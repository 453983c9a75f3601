"""Sending what is due: the attempt is committed, then the provider is called, then the result is committed.

Each provider has a lane of its own: one that is down is in nobody's way. No provider is called inside a transaction:
it would hold rows for as long as somebody else likes.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from jinja2 import TemplateError

from services.notifier.attempts.claiming import Claimed, Queue
from services.notifier.attempts.filing import Settler
from services.notifier.attempts.health import SLOW_SECONDS
from services.notifier.carrier import Away, Broken, Carrier, Session
from services.notifier.delivery import Result
from services.notifier.messages import Letter, Messages, Words
from shared import log, metrics
from shared.failures import back_off

_log = log.get("notifier")
# Results of one connection that may still be on their way into the database: together they take fewer commits.
_UNKEPT: Final = 8
_LONGEST_WAIT: Final = 300.0  # however long a provider asks us to wait, it is tried again after this
HELD_BACK: Final = Result("created", "provider-away", held_back=True)
# The provider did its work, whatever the address is worth.
_WELL: Final = frozenset({"sent", "permanent-failure"})


class Lane:
    """Sends through one provider. Several instances share the work; none takes what another has."""

    def __init__(self, carrier: Carrier, queue: Queue, messages: Messages, settler: Settler) -> None:
        self._carrier = carrier
        self._name = carrier.name
        self._queue = queue
        self._messages = messages
        self._settler = settler
        self._patience = back_off(first=1.0, most=15.0)
        self._workers: set[asyncio.Task[None]] = set()
        self._failing = False
        metrics.PROVIDER_SECONDS.labels(carrier.kind, carrier.name)

    async def send_due(self) -> None:
        """Wait for work, a second at most, and do all there is."""
        await self._queue.wait(self._name)
        if self._queue.is_closed(self._name):
            return
        await self._settler.drop_old_news()
        try:
            # A message may have waited for an earlier one about the same report: look again after each round.
            while waiting := await self._queue.waiting(self._name):
                self._failing = False
                for _ in range(min(self._carrier.connections, waiting)):
                    self._start_worker()
                await self._until_done()
            self._patience = back_off(first=1.0, most=15.0)
        except Away as error:
            await self._hold_back(error)

    def _start_worker(self) -> None:
        self._workers.add(asyncio.create_task(self._work()))

    async def _until_done(self) -> None:
        """Return when no worker works any more; raises what ended the first that failed."""
        failures: list[BaseException] = []
        try:
            while self._workers:
                done, _ = await asyncio.wait(self._workers, return_when=asyncio.FIRST_COMPLETED)
                self._workers -= done
                failures += [error for task in done if (error := task.exception()) is not None]
        finally:
            for task in self._workers:
                task.cancel()
        if failures:
            raise failures[0]

    async def _next(self) -> Claimed | None:
        """The next message; where more lie in hand than there are workers, one more is started."""
        claimed = await self._queue.next(self._name)
        # None is started to fail as well: each costs a message its turn.
        if not self._failing and len(self._workers) < min(self._carrier.connections, self._queue.in_hand(self._name)):
            self._start_worker()
        return claimed

    async def _work(self) -> None:
        """Send over one connection, and over a new one where it breaks, until nothing is due."""
        kept: deque[asyncio.Task[None]] = deque()
        try:
            await self._send_all(kept)
        except Exception:
            self._failing = True
            raise
        finally:
            self._settler.hurry()  # what comes next is not to wait for what was
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
                    await self._keep(kept, claimed, HELD_BACK)
                raise

    async def _keep(self, kept: deque[asyncio.Task[None]], claimed: Claimed, result: Result) -> None:
        """Have a result committed while the next message is sent; what a crash leaves unknown is bounded."""
        while kept and kept[0].done():
            kept.popleft().result()
        kept.append(asyncio.create_task(self._settler.keep(claimed.message, result, self._carrier)))
        if len(kept) >= _UNKEPT:
            self._settler.hurry()
            await kept.popleft()

    async def _hold_back(self, error: Away) -> None:
        """Give back what was taken and not tried, and leave the provider alone for a while."""
        pause = max(next(self._patience), min(error.seconds, _LONGEST_WAIT))
        _log.warning("provider.away", provider=self._name, error=str(error), seconds=round(pause, 1))
        self._queue.note(self._name, good=False)
        await self._give_back(self._queue.close(self._name, pause))

    async def _give_back(self, untried: Sequence[Claimed]) -> None:
        await asyncio.gather(*(self._settler.keep(one.message, HELD_BACK, self._carrier) for one in untried))

    async def _attempt(self, session: Session, claimed: Claimed) -> Result:
        message = claimed.message
        # No attempt begins in the second half of the lease: it is over before another instance takes it for lost.
        if datetime.now(UTC) > claimed.at + self._settler.lease / 2:
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
        return await self._call(session, claimed, words, address.value)

    async def _call(self, session: Session, claimed: Claimed, words: Words, address: str) -> Result:
        """Hand it over, and note how the provider did."""
        started = time.monotonic()
        status = "unknown"
        try:
            result = await session.send(claimed.message, words, address)
            status = "away" if result.held_back else result.status
        except Broken as broken:
            status = broken.result.status
            raise
        except Away:
            status = "away"
            raise
        else:
            return result
        finally:
            seconds = time.monotonic() - started
            if status != "away":
                metrics.PROVIDER_SECONDS.labels(self._carrier.kind, self._name).observe(seconds)
                self._queue.note(self._name, good=status in _WELL and seconds <= SLOW_SECONDS)
