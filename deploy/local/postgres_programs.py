"""Finds PostgreSQL's server programs, new enough and of the right release."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import StackError

OLDEST = 15

_VERSION = re.compile(r"PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder that holds `postgres` and `initdb`, and their major release."""

    folder: Path
    release: int


def find_programs(release: int | None = None, environment: Mapping[str, str] = os.environ) -> Programs:
    """The first that fit: on `PATH`, Debian's folders, `pg_config`'s, then the wheel `pgserver`.

    Args:
        release: the major release that made the data folder, where there is one already.
        environment: where `PATH` is read.

    Raises:
        StackError: none fits.
    """
    for folder in _candidates(environment):
        programs = examine(folder)
        if programs and programs.release >= OLDEST and release in {None, programs.release}:
            return programs
    wanted = f"{release}" if release else f"{OLDEST} or newer"
    raise StackError(
        "no-postgres",
        f"PostgreSQL {wanted} is needed and was not found.",
        f"Install it, or remove the data folder that PostgreSQL {release} made."
        if release
        else "Install it, or run `make` again so that the wheel pgserver is installed.",
    )


def examine(folder: Path) -> Programs | None:
    """What this folder holds; None where the server's programs are not in it or do not run."""
    if not (folder / "initdb").exists():
        return None
    answer = _output_of(str(folder / "postgres"), "--version")
    version = _VERSION.search(answer)
    return Programs(folder, int(version[1])) if version else None


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    path = environment.get("PATH")
    for program in ("postgres", "initdb"):
        found = shutil.which(program, path=path)
        if found:
            yield Path(found).resolve().parent
    by_release = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda one: int(one.parent.name))
    yield from reversed(by_release)
    pg_config = shutil.which("pg_config", path=path)
    if pg_config:
        yield Path(_output_of(pg_config, "--bindir").strip() or "/nonexistent")
    wheel = importlib.util.find_spec("pgserver")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _output_of(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout  # noqa: S603 - found programs
    except (OSError, subprocess.TimeoutExpired):
        return ""
