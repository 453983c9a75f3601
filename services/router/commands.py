"""From what agencies and reporters publish to what it asks of a report. Pure.

The words of an agency go to everybody: numbers of people and e-mail addresses are taken out where they are read.
"""

from datetime import datetime

from services.router.case import Case, Command
from services.router.rules import Rules
from shared.events import AgencyUpdated, ReporterReplied
from shared.masking import hide_identity


def of_agency(update: AgencyUpdated, case: Case, at: datetime, rules: Rules) -> Command:
    """The command in an agency's update. The desk's own office speaks as the desk for what no agency has."""
    words = update.question or update.note if update.action == "ask_reporter" else update.note
    desk = case.agency is None and update.agency == rules.pack.deployment.offices.desk
    return Command(
        action=update.action,
        actor="desk" if desk else "agency",
        at=at,
        said_at=update.at,
        agency=update.agency,
        destination=rules.outside(update.suggested_agency) if update.action == "refer" else None,
        note=hide_identity(words) if words else None,
        evidence=update.evidence or (),
        reason_code=code_for_all(update.reason_code),
        suggested_agency=code_for_all(update.suggested_agency),
        expected_at=update.expected_at,
    )


def code_for_all(code: str | None) -> str | None:
    """A code of the speaker's own as it may be told to everybody: none where somebody's number is in it."""
    return code if code and hide_identity(code) == code else None


def of_reporter(reply: ReporterReplied, at: datetime) -> Command:
    """The command in a reporter's reply; the text stays behind: it may hold identity."""
    return Command(action=reply.action, actor="reporter", at=at, said_at=reply.at, rating=reply.rating)
