"""How many deadlines one core computes in a second, over the pack's calendar and starts within three years.

Run: `python -m tests.bench.bench_deadlines`. Prints figures; judges nothing.
"""

import os
import platform
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from services.router.deadlines import Amount, Deadline, Pause, due, elapsed, parse_amount
from services.router.open_time import open_year
from shared.calendar import Calendar, load_calendar

PACK = Path(__file__).parents[2] / "deploy" / "packs" / "kota-pasuruan" / "calendar.toml"
COUNT = 50_000
ROUNDS = 3
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
Case = tuple[datetime, Amount, tuple[Pause, ...]]


def cases(amounts: list[str], pauses: int) -> list[Case]:
    """Starts spread evenly over three years, the same on every run."""
    random.seed(5)
    drawn = []
    for _ in range(COUNT):
        start = FIRST + timedelta(seconds=random.randrange(3 * 365 * 86_400))
        spells = []
        for _ in range(pauses):
            begin = start + timedelta(seconds=random.randrange(10 * 86_400))
            spells.append((begin, begin + timedelta(seconds=random.randrange(3 * 86_400))))
        drawn.append((start, parse_amount(random.choice(amounts)), tuple(spells)))
    return drawn


def show(name: str, one: Callable[[Case], object], drawn: list[Case]) -> None:
    """The best of a few rounds, so that a neighbour on the machine does not decide."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = process_time()
        for case in drawn:
            one(case)
        best = min(best, process_time() - begun)
    print(f"{name:48} {len(drawn) / best:>10,.0f}/s  {best / len(drawn) * 1e6:7.1f} us each")


def main() -> None:
    """Print the figures with their conditions."""
    calendar: Calendar = load_calendar(PACK)
    print(
        f"Python {platform.python_version()}, CPU time of 1 core of {os.cpu_count()}; {COUNT:,} cases, best of {ROUNDS}"
    )
    begun = process_time()
    for year in range(2026, 2030):
        open_year(calendar, year)
    print(f"{'four years of opening hours, once per calendar':48} {(process_time() - begun) * 1e3:10.1f} ms")

    def answer(case: Case) -> Deadline:
        return due(calendar, *case)

    for name, amounts in (
        ("hours and minutes", ["90s", "45m", "4h", "40h"]),
        ("working days", ["3wd", "5wd", "14wd", "60wd"]),
        ("calendar days", ["14cd", "30cd", "60cd"]),
        ("all of these", ["45m", "4h", "3wd", "5wd", "14wd", "60wd", "30cd"]),
    ):
        show(f"due, {name}", answer, cases(amounts, 0))
    show("due, all of these, three pauses", answer, cases(["45m", "4h", "3wd", "5wd", "14wd", "60wd", "30cd"], 3))
    show("due with ledger, hours and minutes", lambda case: answer(case).ledger, cases(["45m", "4h", "40h"], 0))
    month = timedelta(days=30)
    show("elapsed over a month", lambda case: elapsed(calendar, case[0], case[0] + month, case[2]), cases(["4h"], 0))


if __name__ == "__main__":
    main()
