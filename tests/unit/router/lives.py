"""Builders for lives of reports: the pack of Kota Pasuruan, a case in any status, and what may be asked of it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from services.router.case import Case, Command
from services.router.changes import Kept, Outcome, carry_out, tick
from services.router.clocks import Entry, enter
from services.router.life import Refusal
from services.router.rules import Rules
from shared.events import Attachment
from shared.pack import load_pack
from tests.builders import WIB

FOLDER: Final = Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan"
PACK: Final = load_pack(FOLDER)
RULES: Final = Rules.of(PACK)
PROOF: Final = (Attachment(url="https://example.org/1.jpg", media_type="image/jpeg", size=1, sha256="0" * 64),)
# A Monday; no holiday in the three weeks behind it.
MONDAY: Final = datetime(2026, 7, 6, 9, tzinfo=WIB)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time in July 2026."""
    return datetime(2026, 7, day, hour, minute, tzinfo=WIB)


def opened(agency: str | None = "pupr", when: datetime = MONDAY) -> Kept:
    """A report as the router begins it."""
    case = Case(
        report_id=UUID(int=1),
        tracking_code="0000-0000-0000-00",
        status="assigned" if agency else "at_desk",
        reason=None,
        sequence=2,
        agency=agency,
        hop=1 if agency else 0,
        tried=frozenset([agency] if agency else []),
        since=when,
        acted_at=when,
        received_at=when,
        rule_id="settle-tidak-berkadar",
        expected_at=None,
    )
    events = enter({}, RULES.plans(case.rule_id), Entry(case.status, when, when), RULES.calendar)
    return tick(Kept(case, {}), events, RULES)


def case_in(status: str, **changes: Any) -> Case:
    """A case in a status, since Monday."""
    agency = None if status in {"received", "at_desk"} else "pupr"
    return replace(opened(agency).case, **{"status": status, **changes})


def command(action: str, actor: str, when: datetime = MONDAY, **changes: Any) -> Command:
    """A command with everything that it may need; a change takes the place of what is here."""
    whole: dict[str, Any] = {
        "agency": "pupr" if actor == "agency" else None,
        "destination": {"not_ours": "dishub", "assign": "dishub", "refer": "pln"}.get(action),
        "note": "Keterangan.",
        "evidence": PROOF,
        "reason_code": "alasan" if action in {"reject", "extend"} else None,
        "expected_at": at(31) if action == "extend" else None,
        "rating": 4 if action == "rate" else None,
        **changes,
    }
    return Command(action, actor, when, said_at=None if actor == "system" else whole.pop("said_at", when), **whole)


def done(kept: Kept, *commands: Command) -> Kept:
    """The report after commands that must all be carried out."""
    for one in commands:
        outcome = carry_out(kept, one, RULES)
        assert isinstance(outcome, Outcome), outcome
        kept = outcome.kept
    return kept


def refused(kept: Kept, one: Command) -> str:
    """The code with which a command must be refused."""
    outcome = carry_out(kept, one, RULES)
    assert isinstance(outcome, Refusal), outcome
    return outcome.code
