"""What holds for every deadline: the rules as properties over random questions."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router.deadlines import Amount, Pause, Unit, due, elapsed, remaining, when_used
from services.router.open_time import open_year
from shared.calendar import Calendar, load_calendar, parse_calendar

PACK = Path(__file__).parents[3] / "deploy" / "packs" / "kota-pasuruan" / "calendar.toml"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RAMADAN = '[[hours]]\nfrom = 2026-02-18\nto = 2026-03-19\nmon = ["08:00-12:00", "12:30-15:00"]\nfri = ["22:00-01:00"]\n'
LEAVE = "".join(f"[[closed]]\ndate = {day}\n" for day in ("2026-03-20", "2026-08-17", "2026-12-31", "2027-01-01"))


def calendar_of(zone: str, spans: str, days: tuple[str, ...] = DAYS, more: str = "") -> Calendar:
    week = "".join(f"{day} = [{spans}]\n" for day in days)
    return parse_calendar(f'zone = "{zone}"\nversion = "P-1"\n[week]\n{week}{more}')


CALENDARS = [
    load_calendar(PACK),
    calendar_of("Asia/Makassar", '"08:00-11:00", "13:00-16:00"', DAYS[:5], RAMADAN + LEAVE),
    calendar_of("Asia/Jayapura", '"22:00-06:00"', ("mon", "thu", "sat"), LEAVE),
    calendar_of("Asia/Jakarta", '"00:00-24:00"'),
    calendar_of("America/New_York", '"00:30-02:30", "09:00-12:00", "21:00-00:15"', DAYS, LEAVE),
    calendar_of("Europe/Amsterdam", '"10:00-14:00"', ("sun",)),
]
FIRST, LAST = datetime(2025, 6, 1), datetime(2028, 6, 1)  # noqa: DTZ001 - hypothesis adds the zone itself
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
SIZES = {Unit.SECONDS: 200_000, Unit.MINUTES: 3_000, Unit.HOURS: 50, Unit.WORKING_DAYS: 60, Unit.CALENDAR_DAYS: 60}
TEN_DAYS = 10 * 86_400_000_000
lengths = st.integers(0, TEN_DAYS).map(lambda microseconds: timedelta(microseconds=microseconds))


@dataclass(frozen=True)
class Question:
    """What is asked, and what is varied to see how the answer moves."""

    calendar: Calendar
    start: datetime
    amount: Amount
    pauses: list[Pause]
    later: timedelta
    more: int
    pause: Pause
    share: float

    @property
    def due_at(self) -> datetime:
        return due(self.calendar, self.start, self.amount, self.pauses).due_at

    @property
    def size(self) -> int:
        """The amount as `elapsed` counts it."""
        return self.amount.count if self.amount.seconds is None else self.amount.seconds


@st.composite
def questions(draw: st.DrawFn) -> Question:
    start = draw(moments)
    unit = draw(st.sampled_from(Unit))
    begins = [start + draw(lengths) - timedelta(days=2) for _ in range(draw(st.integers(0, 3)))]
    pauses = [(begin, begin + draw(lengths)) for begin in begins]
    amount = Amount(draw(st.integers(1, SIZES[unit])), unit)
    pause = (start + draw(lengths), start + timedelta(microseconds=TEN_DAYS) + draw(lengths))
    calendar, share = draw(st.sampled_from(CALENDARS)), draw(st.floats(0.01, 0.99))
    return Question(calendar, start, amount, pauses, draw(lengths), draw(st.integers(0, 30)), pause, share)


def seeded(count: int) -> Iterator[Question]:
    """The same questions on every run, many and fast, without the search of hypothesis."""
    chance = Random(5)

    def length() -> timedelta:
        return timedelta(microseconds=chance.randrange(TEN_DAYS))

    for _ in range(count):
        start = FIRST.replace(tzinfo=UTC) + timedelta(microseconds=chance.randrange(1095 * 86_400_000_000))
        unit = chance.choice(list(Unit))
        begins = [start + length() - timedelta(days=2) for _ in range(chance.randrange(4))]
        pauses = [(begin, begin + length()) for begin in begins]
        amount, begin = Amount(chance.randint(1, SIZES[unit]), unit), start + length()
        calendar, share = chance.choice(CALENDARS), chance.uniform(0.01, 0.99)
        yield Question(
            calendar, start, amount, pauses, length(), chance.randrange(30), (begin, begin + length()), share
        )


def elapsed_at_the_due_date_is_the_amount_and_not_an_instant_earlier(asked: Question) -> None:
    just_before = asked.due_at - timedelta(microseconds=1)
    used = [
        elapsed(asked.calendar, asked.start, moment, asked.pauses, asked.amount.unit)
        for moment in (just_before, asked.due_at)
    ]
    assert used[0] < used[1] == asked.size


def the_ledger_sums_to_the_amount(asked: Question) -> None:
    deadline = due(asked.calendar, asked.start, asked.amount, asked.pauses)
    entries = deadline.ledger
    if asked.amount.seconds is None:
        assert len(entries) == len({entry.day for entry in entries}) == asked.amount.count
    else:
        assert sum(entry.counted_seconds for entry in entries) == pytest.approx(asked.amount.seconds, abs=1e-4)
        assert all(entry.ends - entry.begins <= timedelta(days=1) for entry in entries)
    assert entries[-1].ends == deadline.due_at
    assert all(asked.start <= entry.begins < entry.ends for entry in entries)
    assert all(entry.day == entry.begins.astimezone(asked.calendar.zone).date() for entry in entries)
    assert not {entry.day for entry in entries} & {day.day for day in deadline.skipped}


def a_later_start_or_a_larger_amount_is_never_due_earlier(asked: Question) -> None:
    assert replace(asked, start=asked.start + asked.later).due_at >= asked.due_at
    assert replace(asked, amount=Amount(asked.amount.count + asked.more, asked.amount.unit)).due_at >= asked.due_at


def a_pause_only_pushes_and_counts_once(asked: Question) -> None:
    begin, end = asked.pause
    pushed = replace(asked, pauses=[*asked.pauses, asked.pause])
    assert pushed.due_at >= asked.due_at
    third = (end - begin) / 3
    again = replace(pushed, pauses=[(begin + third, end), *pushed.pauses, (begin, end - third), asked.pause])
    assert again.due_at == pushed.due_at


def what_is_used_and_what_is_left_agree(asked: Question) -> None:
    deadline = due(asked.calendar, asked.start, asked.amount, asked.pauses)
    warned = when_used(deadline, asked.share)
    assert remaining(deadline, deadline.due_at) == 0
    assert asked.start < warned <= deadline.due_at
    left = remaining(deadline, warned)
    assert left == pytest.approx(remaining(deadline, asked.start) * (1 - asked.share), abs=1e-4)
    if asked.amount.seconds is not None:
        used = elapsed(asked.calendar, asked.start, warned, asked.pauses)
        assert used + left == pytest.approx(asked.amount.seconds, abs=1e-4)


RULES = [
    elapsed_at_the_due_date_is_the_amount_and_not_an_instant_earlier,
    the_ledger_sums_to_the_amount,
    a_later_start_or_a_larger_amount_is_never_due_earlier,
    a_pause_only_pushes_and_counts_once,
    what_is_used_and_what_is_left_agree,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_holds_over_ten_thousand_questions(rule: Callable[[Question], None]) -> None:
    for asked in seeded(10_000):
        rule(asked)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@settings(max_examples=500, deadline=None)
@given(asked=questions())
def test_a_rule_holds_where_hypothesis_looks_for_trouble(rule: Callable[[Question], None], asked: Question) -> None:
    rule(asked)


@pytest.fixture
def _server_zone_restored() -> Iterator[None]:
    kept = os.environ.get("TZ")
    yield
    if kept is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = kept
    time.tzset()


@pytest.mark.usefixtures("_server_zone_restored")
def test_the_zone_of_the_server_changes_nothing() -> None:
    answers = set()
    for zone in ("America/New_York", "Pacific/Kiritimati"):
        os.environ["TZ"] = zone
        time.tzset()
        open_year.cache_clear()
        read_here = [load_calendar(PACK), calendar_of("Europe/Amsterdam", '"22:00-06:00"', DAYS, LEAVE)]
        whole = sha256()
        for number, asked in enumerate(seeded(10_000)):
            # Also by calendars that were read in this zone, and now and then with the whole account.
            calendar = read_here[number % 20] if number % 20 < len(read_here) else asked.calendar
            found = due(calendar, asked.start, asked.amount, asked.pauses)
            ledger = found.ledger if number % 20 < 3 else None
            whole.update(f"{found.due_at.isoformat()} {found.due_on} {ledger}".encode())
        answers.add(whole.digest())
    assert len(answers) == 1
