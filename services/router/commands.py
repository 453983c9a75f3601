"""From what agencies and reporters publish to what it asks of a report. Pure."""

from datetime import datetime

from services.router.case import Case, Command
from services.router.rules import Rules
from shared.events import AgencyUpdated, ReporterReplied


def of_agency(update: AgencyUpdated, case: Case, at: datetime, rules: Rules) -> Command:
    """The command in an agency's update. The desk's own office speaks as the desk for what no agency has."""
    desk = case.agency is None and update.agency == rules.pack.deployment.offices.desk
    return Command(
        action=update.action,
        actor="desk" if desk else "agency",
        at=at,
        said_at=update.at,
        agency=update.agency,
        destination=rules.outside(update.suggested_agency) if update.action == "refer" else None,
        note=update.question or update.note if update.action == "ask_reporter" else update.note,
        evidence=update.evidence or (),
        reason_code=update.reason_code,
        suggested_agency=update.suggested_agency,
        expected_at=update.expected_at,
    )


def of_reporter(reply: ReporterReplied, at: datetime) -> Command:
    """The command in a reporter's reply; the text stays behind: it may hold identity."""
    return Command(action=reply.action, actor="reporter", at=at, said_at=reply.at, rating=reply.rating)
