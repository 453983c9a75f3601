"""The lock of the broker's jars: which they are, in the order of the class path, and the SHA-256 of each."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).with_name("kafka.lock")


@dataclass(frozen=True, slots=True)
class Jar:
    """One Maven artifact of packaging jar, with the SHA-256 of its bytes in hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file_name(self) -> str:
        """Name of the file in the cache."""
        return f"{self.artifact}-{self.version}.jar"

    def is_at(self, path: Path) -> bool:
        """Whether this file is there and holds exactly these bytes."""
        return path.is_file() and digest(path) == self.sha256


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_lock(lock: Path = LOCK) -> tuple[Jar, ...]:
    """The jars in the order of the class path.

    Raises:
        ValueError: a line is not `group:artifact:version sha256:<64 hex digits>`.
    """
    lines = (line.split("#")[0].strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return tuple(_jar_of(line) for line in lines if line)


def _jar_of(line: str) -> Jar:
    coordinate, _, sha256 = line.partition(" sha256:")
    if len(sha256) != 64:
        message = f"not a line of a jar lock: {line!r}"
        raise ValueError(message)
    return jar(coordinate, sha256)


def jar(coordinate: str, sha256: str) -> Jar:
    """The jar of `group:artifact:version`.

    Raises:
        ValueError: the coordinate has another shape.
    """
    group, artifact, version = coordinate.split(":")
    return Jar(group, artifact, version, sha256)
