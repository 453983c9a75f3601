import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import maven
from deploy.local.failure import StackError
from deploy.local.jar_lock import Jar, jar, read_lock
from deploy.local.jars import fetch

CONTENT = b"the bytes that the lock names"
WANTED = jar("org.example:broker:1.0", hashlib.sha256(CONTENT).hexdigest())


def delivering(content: bytes) -> Callable[[Path], object]:
    """A repository that answers every coordinate with the same bytes."""

    class Delivery:
        def __init__(self, folder: Path) -> None:
            self.folder = folder

        def download(self, coordinate: str) -> Path:
            path = self.folder / coordinate.replace(":", "-")
            path.write_bytes(content)
            return path

    return Delivery


def fetch_one(folder: Path) -> Path:
    (path,) = fetch([WANTED], folder, lambda _line: None)
    return path


def test_a_jar_with_the_bytes_of_the_lock_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maven, "Repository", delivering(CONTENT))
    assert fetch_one(tmp_path / "jars").read_bytes() == CONTENT


def test_an_altered_jar_is_refused_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maven, "Repository", delivering(CONTENT + b"!"))
    with pytest.raises(StackError, match="not what the lock names") as refusal:
        fetch_one(tmp_path / "jars")
    assert refusal.value.code == "jar-altered"
    assert list((tmp_path / "jars").iterdir()) == []


def test_a_jar_altered_in_the_cache_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = tmp_path / "jars" / WANTED.file_name
    cached.parent.mkdir()
    cached.write_bytes(b"something else")
    monkeypatch.setattr(maven, "Repository", delivering(CONTENT))
    assert fetch_one(tmp_path / "jars").read_bytes() == CONTENT


def test_a_full_cache_asks_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = tmp_path / "jars" / WANTED.file_name
    cached.parent.mkdir()
    cached.write_bytes(CONTENT)
    monkeypatch.setattr(maven, "Repository", None)
    assert fetch_one(tmp_path / "jars") == cached


def test_the_committed_lock_names_one_release_of_kafka_and_each_jar_once() -> None:
    locked = read_lock()
    assert len({one.version for one in locked if one.group == "org.apache.kafka"}) == 1
    assert len({(one.group, one.artifact) for one in locked}) == len(locked)
    assert {"kafka_2.13", "log4j-slf4j-impl"} <= {one.artifact for one in locked}


@pytest.mark.parametrize(
    "line",
    ["org.example:broker:1.0", "org.example:broker:1.0 sha256:abc", "org.example:broker sha256:" + "0" * 64],
)
def test_a_damaged_lock_is_an_error(tmp_path: Path, line: str) -> None:
    lock = tmp_path / "kafka.lock"
    lock.write_text(f"# comment\n{line}\n")
    with pytest.raises(ValueError, match=r"lock|unpack"):
        read_lock(lock)


def test_comments_and_blank_lines_of_a_lock_are_skipped(tmp_path: Path) -> None:
    lock = tmp_path / "kafka.lock"
    lock.write_text(f"# comment\n\n{WANTED.coordinate} sha256:{WANTED.sha256}\n")
    assert read_lock(lock) == (Jar("org.example", "broker", "1.0", WANTED.sha256),)
