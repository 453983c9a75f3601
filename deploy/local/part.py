"""What the stack needs to know of a part to run it."""

import os
from collections.abc import Callable
from typing import Protocol

from deploy.local.child import Recipe

Told = Callable[[str], None]
"""Is told, in a few words, what goes on; a line at a time."""


class Part(Protocol):
    """A server of the stack: how it is prepared, run, and known to be ready."""

    @property
    def name(self) -> str:
        """Its name in commands, logs and messages."""

    @property
    def address(self) -> str:
        """Where it is reached, for people."""

    async def prepare(self, told: Told) -> None:
        """Make its folder ready for a start; changes nothing where it is.

        Raises:
            StackError: it cannot run here.
        """

    def recipe(self) -> Recipe:
        """How its process is run."""

    async def is_ready(self) -> bool:
        """Whether it does its work, asked by its own protocol; never raises."""


def plain_environment() -> dict[str, str]:
    """The caller's environment without what would secretly change a server, such as JAVA_TOOL_OPTIONS or PGPORT."""
    unwanted = ("TANGGAP_", "PG", "JAVA_", "_JAVA_", "JDK_", "CLASSPATH", "KAFKA_", "PYTHONPATH", "PYTHONHOME")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
