"""The `tanggap` command as an operator gives it, run in this process: a process of its own is a second of imports."""

import asyncio
import os
from collections.abc import Mapping

from typer.testing import CliRunner, Result

from console.__main__ import app


async def tanggap(addresses: Mapping[str, str], *words: str, **environment: str | None) -> Result:
    """What became of the command beside the stack of these addresses; None takes a setting away."""
    surroundings = {**os.environ, **addresses, **environment}
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=surroundings)
