"""Publishing for those who wait for it: one publication at a time takes along everything that came meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Final

from services.intake.open311.refusal import unavailable
from shared.envelope import Event
from shared.failures import is_transient
from shared.publisher import Publisher

# A client waits this long. What Kafka takes later is the same report when the client comes again with its key.
_SECONDS: Final = 8.0

Waiting = tuple[Event, "asyncio.Future[None]"]


class Sending:
    """The way of the HTTP door to Kafka. While the broker is known to be away nobody waits in vain."""

    def __init__(self, publisher: Callable[[], Publisher | None]) -> None:
        self._publisher = publisher
        self._waiting: list[Waiting] = []
        self._work: asyncio.Task[None] | None = None
        self._doubtful = False

    async def publish(self, event: Event) -> None:
        """Return when the broker has `event` on all replicas.

        Raises:
            Refused: 503; the broker does not have it, or nobody knows.
        """
        publisher = self._publisher()
        if publisher is None or (self._doubtful and not await publisher.answers(1.0)):
            raise unavailable()
        told = asyncio.get_running_loop().create_future()
        self._waiting.append((event, told))
        if self._work is None:
            self._work = asyncio.create_task(self._run(publisher))
        try:
            # A publication that takes long is left to end by itself: cancelled, it would upset the producer.
            await asyncio.wait_for(asyncio.shield(told), _SECONDS)
        except Exception as error:
            told.cancel()
            if not is_transient(error):
                raise
            self._doubtful = True
            raise unavailable() from None
        self._doubtful = False

    async def _run(self, publisher: Publisher) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            # Who gave up before it was sent has been told 503: it is not sent.
            await _send(publisher, [(event, told) for event, told in taken if not told.done()])
        self._work = None


async def _send(publisher: Publisher, waiting: list[Waiting]) -> None:
    try:
        await publisher.publish([event for event, _ in waiting])
    except Exception as error:
        for _, told in waiting:
            if not told.done():
                told.set_exception(error)
    else:
        for _, told in waiting:
            if not told.done():
                told.set_result(None)
