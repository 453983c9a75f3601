"""One child process of the stack: started on a leash, logged to a file, stopped in an orderly way."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_POLL = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class User:
    """Whom a child runs as; `passage` lets it read below folders that only root may enter."""

    uid: int
    gid: int
    passage: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a child is run: everything that decides about the process."""

    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    user: User | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    patience: float = 10.0  # seconds from the stop signal to the kill


class Child:
    """A running (or ended) process in a session of its own, so that Ctrl-C reaches its parent alone.

    On Linux it dies with the thread that started it, however that ends; elsewhere only an orderly end takes it along.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        recipe.log.parent.mkdir(parents=True, exist_ok=True)
        with recipe.log.open("ab") as log:
            self.logged_from = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - the stack's own recipes, no shell
                _on_leash(recipe),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(recipe.environment),
                cwd=recipe.folder,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id; the leash and the program share it."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._process.poll()

    async def finished(self, within: float) -> int | None:
        """The exit code, or None where it still runs after that many seconds."""
        deadline = time.monotonic() + within
        while self.exit_code is None and time.monotonic() < deadline:  # noqa: ASYNC110 - a process sets no asyncio event
            await asyncio.sleep(_POLL)
        return self.exit_code

    async def stop(self) -> None:
        """Ask it to end; kill it where it has not within its patience."""
        self.send(self.recipe.stop_signal)
        self.send(signal.SIGCONT)  # a paused process would never read the request
        if await self.finished(self.recipe.patience) is None:
            await self.kill()

    async def kill(self) -> None:
        """End it and all its descendants at once, as a crash would, and wait until they are gone."""
        family = descendants(self.pid)
        self.send(signal.SIGKILL)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self.finished(10)
        deadline = time.monotonic() + 5
        while any(map(_exists, family)) and time.monotonic() < deadline:  # noqa: ASYNC110 - nor does a stranger's child
            await asyncio.sleep(_POLL)

    def send(self, sign: signal.Signals) -> None:
        """Send a signal to its process group; nothing where it has ended."""
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, sign)


def _on_leash(recipe: Recipe) -> list[str]:
    user = f"{recipe.user.uid}:{recipe.user.gid}:{recipe.user.passage:d}" if recipe.user else "-"
    leash = [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), str(int(recipe.orphan_signal)), user]
    return [*leash, *recipe.command]


def descendants(pid: int) -> list[int]:
    """Every process below this one, nearest first (Linux; elsewhere empty)."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in parentheses may hold anything; what follows it is: state, parent, ...
            fields = entry.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found = list(children.get(pid, []))
    for child in found:
        found.extend(children.get(child, []))
    return found


def _exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
