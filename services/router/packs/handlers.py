"""A new pack is taken while the router runs: checked whole, kept, then put in the place of the old one in one step."""

from datetime import UTC, datetime
from pathlib import Path

from services.router.calendars.store import Rulebook
from services.router.packs import store
from services.router.rules import Rules
from shared import log, metrics
from shared.database import Pool
from shared.pack import PackError, pack_of, read_files, version_of
from shared.pack.archive import archived

_log = log.get("router")


class Packs:
    """Looks at the folder of the pack. A version that cannot be used changes nothing: the last good one stays."""

    def __init__(self, folder: Path, book: Rulebook, pool: Pool) -> None:
        self._folder, self._book, self._pool = folder, book, pool
        self._kept: str | None = None
        self._looked_at: str | None = None
        self._seen: str | None = None
        metrics.PACK_REFUSED.set(0)

    async def take_new_pack(self) -> None:
        """Take the pack of the folder where it has changed and stands still since the last look."""
        if self._kept is None:
            await self._keep_own()
        try:
            files = read_files(self._folder)
        except PackError as error:
            self._refuse("unreadable", error)
            return
        version = version_of(files)
        settled, self._seen = version == self._seen, version
        if version == self._book.rules.pack.version:
            metrics.PACK_REFUSED.set(0)
            self._looked_at = version
        elif settled and version != self._looked_at:
            await self._take(files, version)

    async def _take(self, files: dict[str, bytes], version: str) -> None:
        try:
            rules = Rules.of(pack_of(files))
        except PackError as error:
            self._refuse(version, error)
            return
        await self._keep(version, files)
        was = self._book.rules.pack.version
        self._book.take(rules, files["calendar.toml"].decode("utf-8-sig"))
        self._looked_at = version
        metrics.PACK_REFUSED.set(0)
        metrics.PACK_TAKEN.inc()
        _log.info("pack.taken", pack_version=version, was=was)

    async def _keep_own(self) -> None:
        """Keep the pack that the router came up with, unless its folder has changed since."""
        files = read_files(self._folder)
        if version_of(files) == self._book.rules.pack.version:
            await self._keep(version_of(files), files)

    async def _keep(self, version: str, files: dict[str, bytes]) -> None:
        async with self._pool.acquire() as con:
            await store.keep(con, version, archived(files), datetime.now(UTC))
        self._kept = version

    def _refuse(self, version: str, error: PackError) -> None:
        metrics.PACK_REFUSED.set(1)
        if version != self._looked_at:
            problems = [str(problem) for problem in error.problems[:20]]
            _log.error("pack.refused", pack_version=version, in_force=self._book.rules.pack.version, problems=problems)
        self._looked_at = version
