"""What is wrong with a pack: every problem with file and line, not only the first."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. `line` counts from 1; 0 where the file as a whole is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PackError(Exception):
    """The pack cannot be used: all `problems`, in order of file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("; ".join(map(str, self.problems)))


class Findings:
    """Problems as they are found. Reading goes on after one, so that all are named at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._texts: dict[str, str] = {}

    def note(self, file: str, line: int, message: str) -> None:
        """Keep one problem."""
        self.problems.append(Problem(file, line, message))

    def note_at(self, file: str, path: tuple[str, ...], message: str) -> None:
        """Keep a problem of a key in a TOML file, such as ("offices", "desk")."""
        self.note(file, line_of(self._texts.get(file, ""), path), message)

    def text(self, file: str, content: bytes | None) -> str | None:
        """A file's text; None, and a problem noted, where it is missing, empty or not UTF-8."""
        if content is None:
            self.note(file, 0, "file is missing")
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.note(file, content.count(b"\n", 0, error.start) + 1, "not UTF-8: save the file as UTF-8")
            return None
        if not text.strip():
            self.note(file, 0, "file is empty")
            return None
        if "\0" in text:
            self.note(file, text.count("\n", 0, text.index("\0")) + 1, "contains a NUL character")
            return None
        self._texts[file] = text
        return text


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line of a key such as ("offices", "desk"), or of the nearest table around it; 0 where there is none."""
    best, depth = 0, 0
    table: tuple[str, ...] = ()
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([^\]]+?)\s*\]", line)
        key = re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)
        if header:
            table = tuple(header[2].replace('"', "").split("."))
            if header[1] == "[[":
                table = (*table, str(seen.get(header[2], 0)))
                seen[header[2]] = int(table[-1]) + 1
            here = table
        elif key:
            here = (*table, key[1])
        else:
            continue
        if len(here) > depth and path[: len(here)] == here:
            best, depth = number, len(here)
    return best
