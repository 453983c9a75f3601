"""Which faults come, in which order: a function of the seed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

SERVICES: Final = ("intake", "router", "notifier")
LINKS: Final = (
    "intake-kafka", "intake-postgres", "router-kafka", "router-postgres", "notifier-kafka", "notifier-postgres",
    "notifier-smtp",
)  # fmt: skip

_AT_ONCE: Final = 0.85  # how likely a fault joins the one before: trouble seldom comes alone

# How often each kind comes among a thousand: what is cheap comes often, what takes long comes rarely.
LONG: Final[Mapping[str, int]] = {
    "kill-service": 300,
    "cut-connections": 220,
    "lose-answers": 170,
    "stall-connections": 130,
    "scale": 55,
    "kill-broker": 35,
    "kill-database": 35,
    "freeze-service": 20,
    "jump-clock": 15,
    "roll-all": 10,
    "fill-disk": 10,
}
SHORT: Final[Mapping[str, int]] = {
    "kill-service": 7,
    "cut-connections": 5,
    "lose-answers": 3,
    "stall-connections": 2,
    "scale": 1,
    "kill-broker": 1,
    "kill-database": 1,
}
MEANINGS: Final[Mapping[str, str]] = {
    "kill-service": "kill -9 of an instance of a service, and its start again",
    "cut-connections": "every connection between a service and a server reset, and new ones refused, for up to 1.5 s",
    "lose-answers": "requests of a service acted on by the server, their answers thrown away, the connections reset",
    "stall-connections": "connections that stay open while no byte comes through, for up to 3 s",
    "scale": "a service goes from 1 to 2 to 3 instances and back to 1",
    "kill-broker": "kill -9 of the broker, and its start again",
    "kill-database": "kill -9 of PostgreSQL and all its processes, and its start again",
    "freeze-service": "SIGSTOP of an instance for longer than the consumer's session time-out (10 s), then SIGCONT",
    "jump-clock": "the clock of a service jumps by up to four minutes, forward or back, and back again",
    "roll-all": "all instances of all services stopped by SIGTERM and started, one after the other",
    "fill-disk": "the disk of the database is full to the last block for 3 s",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to whom; `size`, 0 to 1, is how long or how much; `chance`, 0 to 1, whom among several.

    `at_once`: it begins while the one before is still on.
    """

    kind: str
    target: str
    size: float
    chance: float
    at_once: bool


def schedule(seed: int, rounds: int, weights: Mapping[str, int] = LONG) -> list[Fault]:
    """`rounds` faults; the kinds in the proportion of `weights`, each at least once where there is room.

    The order, the targets and the sizes are drawn from the seed.
    """
    random = Random(f"faults {seed}")
    return [_fault(kind, random) for kind in _deck(rounds, weights, random)]


def _deck(rounds: int, weights: Mapping[str, int], random: Random) -> list[str]:
    total = sum(weights.values())
    counts = {kind: max(1, weight * rounds // total) for kind, weight in weights.items()}
    deck = [kind for kind, count in counts.items() for _ in range(count)]
    commonest = max(weights, key=lambda kind: weights[kind])
    deck += [commonest] * (rounds - len(deck))
    random.shuffle(deck)
    return deck[:rounds]


def _fault(kind: str, random: Random) -> Fault:
    if kind in {"kill-service", "freeze-service", "scale", "jump-clock"}:
        target = random.choice(SERVICES)
    elif kind in {"cut-connections", "lose-answers", "stall-connections"}:
        target = random.choice(LINKS)
    else:
        target = {"kill-broker": "kafka", "roll-all": "all"}.get(kind, "postgres")
    return Fault(kind, target, round(random.random(), 3), round(random.random(), 3), random.random() < _AT_ONCE)
