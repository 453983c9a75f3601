"""A look from outside at the stack of a folder."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from deploy.local.addresses import SERVICES
from deploy.local.catcher import MailCatcher
from deploy.local.claim import holder_of
from deploy.local.jars import default_cache
from deploy.local.kafka import Kafka
from deploy.local.keys import keep_keys
from deploy.local.layout import read_state
from deploy.local.part import Part
from deploy.local.postgres import Postgres
from deploy.local.service import Service


@dataclass(frozen=True, slots=True)
class Sight:
    """One member as it is now."""

    member: str
    pid: int | None
    address: str
    ready: bool


async def look(home: Path) -> list[Sight]:
    """Every member of the stack of this folder, asked by its own protocol; empty where no stack got ready."""
    state = read_state(home, holder_of(home))
    if state is None:
        return []
    ports = state.layout
    password = keep_keys(home / "keys.json").superuser_password
    parts: list[Part] = [
        Kafka(home, default_cache(), ports.kafka, ports.controller, fast=False),
        Postgres(home, ports.postgres, password, fast=False),
        MailCatcher(home, ports.smtp, ports.mail),
        *(Service(name, home, getattr(ports, name), {}) for name in SERVICES),
    ]
    ready = await asyncio.gather(*(part.is_ready() for part in parts))
    return [
        Sight(part.name, state.pids.get(part.name), part.address, answer)
        for part, answer in zip(parts, ready, strict=True)
    ]
