"""What the demo says of each report: who has it, by when it is due, and what its reporter got. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.calendar import day_and_hour


@dataclass(slots=True)
class Row:
    """A report as far as it has come."""

    text: str = ""
    code: str = ""
    status: str = ""
    agency: str = ""  # its name; the code of a body outside the city
    why: str = ""
    expected_at: str | None = None
    told: str = ""  # how the message to its reporter went, or why none did
    subject: str = ""  # of that message
    mail: str = ""  # its id in the catcher, where it was a mail

    @property
    def place(self) -> str:
        """Who has it, in words; empty while nobody does."""
        if self.status == "at_desk":
            return "the desk"
        return f"referred to {self.agency}" if self.status == "referred" else self.agency

    @property
    def due(self) -> str:
        """The day of its deadline; empty without one."""
        return f"{day_and_hour(datetime.fromisoformat(self.expected_at))[0]:%d %b %Y}" if self.expected_at else ""


def see_step(row: Row, event: Mapping[str, Any]) -> None:
    """Take in a `report.status_changed`."""
    row.status = event["status"]
    row.expected_at = event["expected_at"] or row.expected_at
    if row.status in {"at_desk", "referred"}:
        row.agency, row.why = event["agency"] or "", event["reason"] or ""


def why(decision: Mapping[str, Any]) -> str:
    """What decided, and how surely (0-1)."""
    spoke = ", ".join(dict.fromkeys(str(item["value"]) for item in decision["evidence"]))
    return f"{decision['method']} {decision['confidence']:.2f}: {spoke}"


def put_mails(rows: Iterable[Row], mails: Iterable[Mapping[str, Any]], offices: str) -> None:
    """Put the mail that each reporter got, as the catcher lists it, beside the report; `offices` is their domain."""
    to_people = [mail for mail in mails if not mail["To"][0]["Address"].endswith(f"@{offices}")]
    for row in rows:
        mail = next((mail for mail in to_people if row.code in mail["Subject"]), None)
        if mail:
            row.subject, row.mail = mail["Subject"], mail["ID"]


def message(row: Row, *, asleep: bool) -> str:
    """What the reporter got, by its subject, or why nothing; `asleep`: nobody is rung at night."""
    if row.subject:
        return f"{row.told or 'sent'}: {row.subject}"
    if asleep:
        return "no message yet: it waits for the morning"
    return row.told if row.told.endswith(" sent") else f"no message: {row.told or 'none yet'}"


def line(row: Row, *, asleep: bool) -> str:
    """One report on one line: code, deadline, who has it, what its reporter got."""
    return f"{row.code:17}  {row.due or '-':11}  {row.place or 'nobody yet':40}  {message(row, asleep=asleep)}"


def document(row: Row, *, asleep: bool) -> dict[str, str | None]:
    """The same for a machine; `message` is the subject, None where the reporter got nothing."""
    return {
        "tracking_code": row.code,
        "status": row.status,
        "agency": row.agency or None,
        "expected_at": row.expected_at,
        "message": row.subject or None,
        "told": "waits for the morning" if asleep and not row.subject else row.told or None,
    }
