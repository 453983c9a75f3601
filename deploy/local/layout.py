"""The ports of one stack, and what a running stack writes down about itself."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from deploy.local.ports import Ports


@dataclass(frozen=True, slots=True)
class Layout:
    """Which port of the loopback address each server has; the defaults are the usual ones."""

    kafka: int = 9092
    controller: int = 9093
    postgres: int = 5432
    smtp: int = 1025
    mail: int = 8025
    intake: int = 8001
    router: int = 8002
    notifier: int = 8003

    @classmethod
    def choose(cls) -> Self:
        """The usual port for each server where it is free, otherwise another.

        Raises:
            OSError: the machine has no free ports.
        """
        ports = Ports()
        return cls(**{name: ports.take(wanted) for name, wanted in asdict(cls()).items()})


@dataclass(frozen=True, slots=True)
class State:
    """A ready stack, as others see it: its supervisor, its ports, its members' process ids."""

    pid: int
    layout: Layout
    pids: dict[str, int]

    def write(self, home: Path) -> None:
        """Leave it in the stack's folder."""
        draft = home / "state.draft"
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(home / "state.json")


def read_state(home: Path, pid: int | None) -> State | None:
    """What the living supervisor of that process id wrote; None where it is not ready, or left by a dead one."""
    try:
        found = json.loads((home / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    state = State(found["pid"], Layout(**found["layout"]), found["pids"])
    return state if state.pid == pid else None
