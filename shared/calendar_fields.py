"""The values in a calendar file, read one by one: what is wrong is noted with its place, and reading goes on."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SUPPORTED_YEARS = range(1900, 2201)  # beyond lie typing slips, and dates whose neighbours Python cannot name

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*-\s*(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a calendar file: where, a code, and words for the person who mends it."""

    where: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `opens` until just before `closes`, in minutes since local midnight; past 1,440 is the next day."""

    opens: int
    closes: int


Week = tuple[tuple[Span, ...], ...]  # seven, Monday first


class Reading:
    """One pass over a parsed calendar file; collects in `problems` instead of stopping at the first."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def report(self, where: str, code: str, message: str) -> None:
        """Note one problem."""
        self.problems.append(Problem(where or "file", code, message))

    def refuse_unknown(self, where: str, table: Mapping[str, object], known: set[str]) -> None:
        """Note each key of `table` that is not in `known`: a typing slip must not silently mean nothing."""
        for key in sorted(table.keys() - known):
            self.report(f"{where}.{key}".lstrip("."), "unknown-key", "is not a key of a calendar file")

    def zone(self) -> ZoneInfo | None:
        """The zone of the file, or None with a problem noted."""
        name = self.text("", self.document, "zone", required=True)
        if not name:
            return None
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.report("zone", "unknown-zone", f"no time zone is called {name!r}")
            return None

    def text(self, where: str, table: Mapping[str, object], key: str, *, required: bool = False) -> str:
        """The text under `key`, empty where it is absent."""
        value = table.get(key, "")
        place = f"{where}.{key}".lstrip(".")
        if not isinstance(value, str):
            self.report(place, "not-text", f"must be text, not {value!r}")
            return ""
        if required and not value.strip():
            self.report(place, "missing", "is required")
        return value.strip()

    def day(self, where: str, table: Mapping[str, object], key: str) -> date | None:
        """The date under `key`, or None with a problem noted."""
        value = table.get(key)
        if isinstance(value, str):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        if isinstance(value, date) and not isinstance(value, datetime) and value.year in SUPPORTED_YEARS:
            return value
        found = "is required" if value is None else f"must be a date such as 2026-08-17, not {value}"
        self.report(f"{where}.{key}", "missing" if value is None else "bad-date", found)
        return None

    def years(self) -> tuple[int, ...]:
        """The years that the file says it covers; empty where it leaves that to its closed days."""
        value = self.document.get("years", [])
        if isinstance(value, list) and all(type(year) is int and year in SUPPORTED_YEARS for year in value):
            return tuple(sorted(set(value)))
        self.report("years", "bad-years", f"must be a list of years, not {value!r}")
        return ()

    def rows(self, key: str, known: set[str], *, weekdays: bool = False) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Each `[[key]]` table with its place in the file, counted from 1."""
        value = self.document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.report(key, "not-tables", f"must be written as [[{key}]] tables")
            return
        for number, row in enumerate(value, start=1):
            where = f"{key}[{number}]"
            if weekdays:
                self._refuse_strange_days(where, row, known)
            else:
                self.refuse_unknown(where, row, known)
            yield where, row

    def week(self) -> Week:
        """The hours of `[week]`; a missing day, or a missing table, is closed."""
        table = self.document.get("week", {})
        if not isinstance(table, dict):
            self.report("week", "not-tables", "must be written as a [week] table")
            return ((),) * 7
        self._refuse_strange_days("week", table, set())
        return self._spans_of_week("week", table)

    def overlay_week(self, where: str, table: Mapping[str, object]) -> Week:
        """The hours of an overlay, which has to name at least one weekday."""
        if not table.keys() & set(WEEKDAYS):
            self.report(where, "no-weekday", "names no weekday; write mon = [] to close, or use [[closed]]")
        return self._spans_of_week(where, table)

    def _refuse_strange_days(self, where: str, table: Mapping[str, object], known: set[str]) -> None:
        for key in sorted(table.keys() - known - set(WEEKDAYS)):
            self.report(f"{where}.{key}", "unknown-weekday", f"is no weekday; known are {', '.join(WEEKDAYS)}")

    def _spans_of_week(self, where: str, table: Mapping[str, object]) -> Week:
        return tuple(self._spans(f"{where}.{name}", table.get(name, [])) for name in WEEKDAYS)

    def _spans(self, where: str, value: object) -> tuple[Span, ...]:
        if not isinstance(value, list):
            self.report(where, "bad-hours", f'must be a list such as ["07:30-12:00"], not {value!r}')
            return ()
        spans = sorted(span for span in (self._span(where, text) for text in value) if span is not None)
        for before, after in pairwise(spans):
            if after.opens < before.closes:
                self.report(where, "overlapping-hours", "has spans that overlap")
        return tuple(spans)

    def _span(self, where: str, text: object) -> Span | None:
        match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            self.report(where, "bad-hours", f"{text!r} is no span such as 07:30-12:00, 22:00-02:00 or 13:00-24:00")
            return None
        hour, minute, end_hour, end_minute = match.groups()
        opens = int(hour) * 60 + int(minute)
        closes = _DAY_MINUTES if end_hour is None else int(end_hour) * 60 + int(end_minute)
        if closes == opens:
            self.report(where, "bad-hours", f"{text!r} opens and closes at once; the whole day is 00:00-24:00")
            return None
        return Span(opens, closes if closes > opens else closes + _DAY_MINUTES)
