"""Following the switch: the model that a person switched on decides from the next transaction on, on every router."""

import asyncio
from typing import Final

from services.router.learned import store
from services.router.learned.judgement import Model, ModelError
from shared import log, metrics
from shared.database import Connection
from shared.pack import Pack

_log = log.get("router")
# What no switch says.
_UNSEEN: Final = "?"


class Switch:
    """The model in force. One that cannot be used is told, once, and the last good one goes on.

    Where it cannot be used because a new pack came, nothing is known to fit it: the rules decide alone.
    """

    def __init__(self) -> None:
        self._seen: tuple[str | None, str] = (None, _UNSEEN)
        self._model: Model | None = None
        self._one = asyncio.Lock()
        metrics.MODEL_ON.set(0)
        metrics.MODEL_REFUSED.set(0)

    async def follow(self, con: Connection, version: str | None, pack: Pack) -> Model | None:
        """The model of a version, which is switched on now, made ready for a pack."""
        wanted = (version, pack.version)
        if wanted != self._seen:
            async with self._one:
                if wanted != self._seen:
                    await self._turn(con, wanted[0], pack)
                    self._seen = wanted
        return self._model

    async def _turn(self, con: Connection, version: str | None, pack: Pack) -> None:
        refused = False
        try:
            found = await store.content(con, version) if version else None
            # Seconds of work: the loop goes on.
            self._model = await asyncio.to_thread(ready, found, pack) if found else None
            _log.info("model.changed", model_version=version)
        except ModelError as error:
            refused = True
            if pack.version != self._seen[1]:
                # The one that goes on was made ready for another pack: it may send to whom this one does not have.
                self._model = None
            _log.error("model.refused", model_version=version, reason=str(error))
        metrics.MODEL_REFUSED.set(refused)
        metrics.MODEL_ON.set(self._model is not None)


def ready(content: bytes, pack: Pack) -> Model:
    """A model made ready for a pack; ModelError where it cannot be used."""
    # A router without a model does not carry numpy.
    from services.router.learned.file import parse  # noqa: PLC0415
    from services.router.learned.linear import Linear  # noqa: PLC0415

    return Linear(parse(content), pack)
