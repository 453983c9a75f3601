"""Keeps a whole stack running until it is told to stop or a member ends.

python -m deploy.local.supervise HOME ENV_FILE
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.local.addresses import write_env_file
from deploy.local.claim import holder_of
from deploy.local.failure import StackError
from deploy.local.layout import State
from deploy.local.part import Told
from deploy.local.stack import Stack

READY = "all members are ready"
_WATCH = 0.5  # seconds between two looks at the members


@contextlib.contextmanager
def cancelled_by_signals() -> Iterator[None]:
    """Within: Ctrl-C, SIGTERM and a closed terminal cancel the current task, so that all it started is stopped."""
    task = asyncio.current_task()
    if task is None:
        message = "there is no task to cancel"
        raise RuntimeError(message)
    loop = asyncio.get_running_loop()
    signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for sign in signs:
        loop.add_signal_handler(sign, task.cancel)
    try:
        yield
    finally:
        for sign in signs:
            loop.remove_signal_handler(sign)


async def supervise(home: Path, env_file: Path, told: Told) -> None:
    """Start everything, write the addresses, watch until cancelled; then stop everything.

    Raises:
        StackError: something would not start, or ended by itself.
    """
    async with Stack(home) as stack:
        await stack.start_everything(told)
        State(os.getpid(), stack.layout, stack.pids()).write(home)
        write_env_file(env_file, stack.addresses())
        told(READY)
        while True:
            stack.check()
            await asyncio.sleep(_WATCH)


def run(home: Path, env_file: Path, told: Told) -> None:
    """`supervise` until a signal; returns after an orderly stop.

    Raises:
        StackError: something would not start, or ended by itself.
    """

    async def until_signalled() -> None:
        with contextlib.suppress(asyncio.CancelledError), cancelled_by_signals():
            await supervise(home, env_file, told)

    if holder_of(home) is None:  # a living stack keeps its addresses
        env_file.unlink(missing_ok=True)
    try:
        asyncio.run(until_signalled())
    finally:
        if holder_of(home) is None:
            env_file.unlink(missing_ok=True)


def main(home: str, env_file: str) -> None:
    """Supervise in the background: progress and failures go to the standard output."""
    try:
        run(Path(home), Path(env_file), lambda line: print(line, flush=True))
    except StackError as failure:
        print(failure, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
