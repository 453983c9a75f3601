"""At most one stack at a time lives in a folder; the operating system keeps the claim and frees it at any end."""

import fcntl
import os
from pathlib import Path

from deploy.local.failure import StackError


class Claim:
    """An exclusive claim on a stack's folder, held while this object is open."""

    def __init__(self, home: Path) -> None:
        """Take the claim.

        Raises:
            StackError: another living process holds it (code `already-running`).
        """
        home.mkdir(parents=True, exist_ok=True)
        # Not handed on to children: the claim ends with this process.
        self._descriptor = os.open(home / "claim", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as refusal:
            os.close(self._descriptor)
            holder = holder_of(home)
            raise StackError(
                "already-running",
                f"A stack already runs in {home} (process {holder or 'unknown'}).",
                "Stop it with `tanggap down`, or end that process.",
            ) from refusal
        os.truncate(self._descriptor, 0)
        os.write(self._descriptor, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Give the claim up; harmless when repeated."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def holder_of(home: Path) -> int | None:
    """Process id of the living holder of the claim; None where nobody holds it.

    The number is trusted only while the lock is held, so it never names a stranger that got an old number.
    """
    try:
        descriptor = os.open(home / "claim", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        number = os.read(descriptor, 20).strip()
        return int(number) if number.isdigit() else None
    else:
        return None
    finally:
        os.close(descriptor)
