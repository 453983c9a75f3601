"""What stops the local stack, told so that a person can act on it."""

from pathlib import Path


class StackError(Exception):
    """The stack cannot go on.

    The text says what failed, what to do, and quotes the end of the log that knows more.

    Args:
        code: kebab-case name of the failure, for machines.
        problem: what failed, one sentence.
        advice: what the reader can do about it, one sentence.
        log: the log file that knows more.
        since: offset in bytes from which the log belongs to this failure.
    """

    def __init__(self, code: str, problem: str, advice: str, log: Path | None = None, since: int = 0) -> None:
        lines = [problem, *([_end_of(log, since)] if log else []), advice]
        super().__init__("\n".join(line for line in lines if line))
        self.code = code


def _end_of(log: Path, since: int, lines: int = 12) -> str:
    try:
        with log.open("rb") as file:
            file.seek(since)
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    tail = [f"    {line}" for line in text.splitlines()[-lines:]]
    return "\n".join([f"The end of {log}:", *tail]) if tail else f"{log} is empty."
