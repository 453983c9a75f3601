"""Maven artifacts through `jgo`, the pure-Python resolver; which repository is asked is jgo's own affair."""

import os
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from jgo.config import GlobalSettings
from jgo.maven import MavenContext
from requests.exceptions import SSLError

from deploy.local.jar_lock import digest, jar

BROKER = "org.apache.kafka:kafka_2.13:4.3.1"
# What Kafka's distribution adds to run: the way from its logging interface to log4j; same version as its log4j.
LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"
_LOG_CORE = "log4j-core"

_HEADER = """\
# The jars of the Kafka broker with their SHA-256, in the order of the class path.
# Written by `make lock`; verified at every start of the local stack.
"""

Answer = TypeVar("Answer")


class Repository:
    """Fetches artifacts into a folder of its own; nothing is written to the home directory."""

    def __init__(self, folder: Path) -> None:
        # A mirror that the user has set for jgo is asked first; jgo's default repository comes last.
        mirrors = GlobalSettings.load().repositories
        default = MavenContext(repo_cache=folder).remote_repos
        self._context = MavenContext(repo_cache=folder, remote_repos={**mirrors, **default}, timeout=60)

    def download(self, coordinate: str) -> Path:
        """The jar of `group:artifact:version`.

        Raises:
            RuntimeError: no repository has it.
            OSError: the network failed.
        """
        path: Path = _trusted(self._context.create_dependency(coordinate).artifact.resolve)
        return path

    def closure(self, coordinate: str) -> list[str]:
        """Coordinates of an artifact and of all that it needs at run time, itself first."""
        wanted = self._context.create_dependency(coordinate)
        inputs, transitive = _trusted(lambda: self._context.resolver.resolve([wanted]))
        needed = [*inputs, *(dependency for dependency in transitive if dependency.scope in {"compile", "runtime"})]
        return [f"{one.groupId}:{one.artifactId}:{one.version}" for one in needed]


def _trusted(ask: Callable[[], Answer]) -> Answer:
    """The answer, trusting the system's own certificates where those of the library do not do (company proxies)."""
    try:
        return ask()
    except SSLError:
        paths = ssl.get_default_verify_paths()
        os.environ["REQUESTS_CA_BUNDLE"] = paths.cafile or paths.capath or ""
        return ask()


def write_lock(lock: Path) -> None:
    """Resolve the broker and write the lock: versions from its own POMs, digests from the bytes that came."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(Path(folder))
        # The binding is not resolved together with the broker: its parent POM would move the broker's own versions.
        needed = repository.closure(BROKER)
        log_version = next(one.split(":")[2] for one in needed if one.split(":")[1] == _LOG_CORE)
        coordinates = [*needed, f"{LOG_BINDING}:{log_version}"]
        locked = [jar(one, digest(repository.download(one))) for one in coordinates]
    lines = [f"{one.coordinate} sha256:{one.sha256}" for one in locked]
    lock.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
