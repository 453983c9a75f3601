"""A part of the stack with its process: started, watched, stopped, and hurt on purpose by tests."""

import asyncio
import signal
import time

from deploy.local.child import Child
from deploy.local.failure import StackError
from deploy.local.part import Part, Told

_KNOCK = 0.05  # seconds between two questions whether it is ready


class Member:
    """One part and, while it runs, its child process."""

    def __init__(self, part: Part, *, ready_within: float = 60.0) -> None:
        self.part = part
        self._ready_within = ready_within
        self._child: Child | None = None

    @property
    def name(self) -> str:
        """Name of the part."""
        return self.part.name

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._child.pid if self._child and self._child.exit_code is None else None

    async def start(self, told: Told) -> None:
        """Prepare and start it, and wait until it is ready.

        Raises:
            StackError: it ended or was not ready in time; it is not running then.
        """
        began = time.monotonic()
        await self.part.prepare(lambda line: told(f"{self.name}: {line}"))
        self._child = Child(self.part.recipe())
        try:
            await self._until_ready(self._child)
        except BaseException:
            await self.kill()
            raise
        told(f"{self.name}: ready after {time.monotonic() - began:.1f} s at {self.part.address}")

    async def _until_ready(self, child: Child) -> None:
        deadline = time.monotonic() + self._ready_within
        while not await self.part.is_ready():
            if child.exit_code is not None:
                raise self.failure("ended-early", f"{self.name} ended before it was ready ({_ending(child)}).")
            if time.monotonic() > deadline:
                raise self.failure("not-ready", f"{self.name} was not ready within {self._ready_within:.0f} s.")
            await asyncio.sleep(_KNOCK)

    def failure(self, code: str, problem: str) -> StackError:
        """An error about this member that quotes its log."""
        child = self._child
        log, since = (child.recipe.log, child.logged_from) if child else (None, 0)
        return StackError(code, problem, "Mend what the log names and start again.", log, since)

    def check(self) -> None:
        """Nothing while it runs.

        Raises:
            StackError: it ended without having been asked.
        """
        if self._child and self._child.exit_code is not None:
            raise self.failure("ended", f"{self.name} ended by itself ({_ending(self._child)}).")

    async def stop(self) -> None:
        """Stop it in an orderly way; nothing where it does not run."""
        if self._child:
            await self._child.stop()
            self._child = None

    async def kill(self) -> None:
        """End it as a crash would."""
        if self._child:
            await self._child.kill()
            self._child = None

    def abandon(self) -> None:
        """Let it go as if this process had died: it ends at once, and nobody waits for it."""
        if self._child:
            self._child.send(self._child.recipe.orphan_signal)

    def pause(self) -> None:
        """Hold it still: connections stay open and nothing answers."""
        if self._child:
            self._child.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused one go on."""
        if self._child:
            self._child.send(signal.SIGCONT)


def _ending(child: Child) -> str:
    code = child.exit_code or 0
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
