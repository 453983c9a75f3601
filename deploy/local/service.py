"""One of the three services as a part of the stack."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.catcher import CHECKOUT, answers
from deploy.local.child import Recipe
from deploy.local.part import Told
from deploy.local.ports import LOOPBACK


class Service:
    """Runs `python -m services.<name>`; ready when its own `/health/ready` says so."""

    def __init__(self, name: str, home: Path, port: int, environment: Mapping[str, str]) -> None:
        self.name = name
        self._log = home / "log" / f"{name}.log"
        self._port = port
        self._environment = environment

    @property
    def address(self) -> str:
        """Base URL."""
        return f"http://{LOOPBACK}:{self._port}"

    async def prepare(self, told: Told) -> None:
        """Nothing to do: topics and schemas are there before any service starts."""

    def recipe(self) -> Recipe:
        """How it is run."""
        return Recipe(
            command=(sys.executable, "-m", f"services.{self.name}"),
            log=self._log,
            environment=self._environment,
            folder=CHECKOUT,
            patience=12.0,  # a service promises to stop within ten seconds
        )

    async def is_ready(self) -> bool:
        """Whether it says so."""
        return await answers(self._port, "/health/ready")
