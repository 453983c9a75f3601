"""CSV files of a pack, read with line numbers: what cannot be read is noted and the reading goes on."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from shared.pack.problems import Findings

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
REGION = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
Item = TypeVar("Item")


@dataclass(slots=True)
class Table(Generic[Item]):
    """Rows by their key, and the line on which each begins."""

    file: str
    items: dict[str, Item] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, item: Item, line: int, findings: Findings) -> None:
        """Keep a row; a second one with the same key is a problem."""
        if not key:
            return
        if key in self.items:
            findings.note(self.file, line, f"{key} is already on line {self.lines[key]}")
            return
        self.items[key] = item
        self.lines[key] = line


@dataclass(frozen=True, slots=True)
class Row:
    """One record. Each method gives a column as a value, and notes a problem where it cannot."""

    file: str
    line: int
    values: Mapping[str, str]
    findings: Findings

    def note(self, message: str) -> None:
        """A problem of this row."""
        self.findings.note(self.file, self.line, message)

    def optional(self, column: str) -> str | None:
        """The text; None where it is empty or the table has no such column."""
        return self.values.get(column, "").strip() or None

    def text(self, column: str) -> str:
        """The text, which must not be empty."""
        value = self.optional(column)
        if value is None:
            self.note(f"{column} is empty")
        return value or ""

    def words(self, column: str) -> tuple[str, ...]:
        """Words and phrases in small letters, separated by semicolons; none where it is empty."""
        words = tuple(word.strip().lower() for word in (self.optional(column) or "").split(";"))
        if words == ("",):
            return ()
        for word in sorted({word for word in words if words.count(word) > 1 or not word}):
            self.note(f"{column}: {word!r} appears twice" if word else f"{column}: an empty entry")
        return tuple(filter(None, words))

    def code(self, column: str) -> str:
        """A code in kebab-case."""
        value = self.text(column)
        if value and not CODE.fullmatch(value):
            self.note(f"{column}: {value!r} is no code (small letters, digits, hyphens)")
        return value

    def region(self, column: str) -> str:
        """A Kemendagri region code with dots."""
        value = self.text(column)
        if value and not REGION.fullmatch(value):
            self.note(f"{column}: {value!r} is no region code such as 35.75.01.1001")
        return value

    def flag(self, column: str) -> bool:
        """`true` or `false`."""
        value = self.text(column)
        if value not in {"", "true", "false"}:
            self.note(f"{column}: {value!r} is neither true nor false")
        return value == "true"

    def count(self, column: str, least: int = 0) -> int:
        """A whole number; an empty field is 0, which has to be allowed."""
        value = self.optional(column) or "0"
        if not value.isascii() or not value.isdigit() or int(value[:18]) < least:
            self.note(f"{column}: {value!r} is no whole number of at least {least}")
            return least
        return int(value[:18])

    def day(self, column: str) -> date | None:
        """A date; None where it is empty."""
        value = self.optional(column)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.note(f"{column}: {value!r} is no date such as 2026-08-17")
            return None

    def degrees(self, column: str, most: float) -> float | None:
        """A latitude or longitude of at most `most` degrees either way; None where it is empty."""
        value = self.optional(column)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,3}(\.\d+)?", value) or abs(float(value)) > most:
            self.note(f"{column}: {value!r} is not between -{most:g} and {most:g} degrees")
            return None
        return float(value)


def read_rows(file: str, text: str, columns: tuple[str, ...], findings: Findings) -> Iterator[Row]:
    """The records of a CSV text with a header row that names at least `columns`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader)]
        missing = [name for name in columns if name not in header]
        for name in missing:
            findings.note(file, 1, f"column {name} is missing")
        for name in {name for name in header if header.count(name) > 1}:
            findings.note(file, 1, f"column {name} appears twice")
        if missing:
            return
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                findings.note(file, line, f"{len(cells)} fields where the header has {len(header)}")
            elif cells:
                yield Row(file, line, dict(zip(header, cells, strict=True)), findings)
            line = reader.line_num + 1
        if reader.line_num == 1:
            findings.note(file, 0, "no row below the header")
    except csv.Error as error:
        findings.note(file, line, f"not CSV: {error}")
