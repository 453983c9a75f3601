"""Every kind of event (contract sections 3 and 4): its topic, type name, source and model, in one table.

A type is `id.tanggap.<noun>.<past participle>.v1`; a change that breaks a reader gets `.v2` beside it.
"""

from typing import Final

from shared import topics
from shared.envelope import Kind
from shared.events import (
    AgencyUpdated,
    DeadlineReached,
    Notification,
    NotificationRequested,
    ReportAccepted,
    ReporterReplied,
    ReportRejected,
    ReportRouted,
    ReportSubmitted,
    StatusChanged,
)

REPORT_SUBMITTED: Final = Kind(topics.SUBMITTED, "id.tanggap.report.submitted.v1", "/channels", ReportSubmitted)
REPORT_ACCEPTED: Final = Kind(topics.ACCEPTED, "id.tanggap.report.accepted.v1", "/intake", ReportAccepted)
REPORT_REJECTED: Final = Kind(topics.REJECTED, "id.tanggap.report.rejected.v1", "/intake", ReportRejected)
REPORT_ROUTED: Final = Kind(topics.ROUTED, "id.tanggap.report.routed.v1", "/router", ReportRouted)
STATUS_CHANGED: Final = Kind(topics.STATUS, "id.tanggap.report.status_changed.v1", "/router", StatusChanged)
DEADLINE_WARNED: Final = Kind(topics.DEADLINES, "id.tanggap.report.deadline_warned.v1", "/router", DeadlineReached)
DEADLINE_BREACHED: Final = Kind(topics.DEADLINES, "id.tanggap.report.deadline_breached.v1", "/router", DeadlineReached)
DEADLINE_ESCALATED: Final = Kind(
    topics.DEADLINES, "id.tanggap.report.deadline_escalated.v1", "/router", DeadlineReached
)
AGENCY_UPDATED: Final = Kind(topics.UPDATES, "id.tanggap.agency.updated.v1", "/agencies", AgencyUpdated)
REPORTER_REPLIED: Final = Kind(topics.REPLIES, "id.tanggap.reporter.replied.v1", "/channels", ReporterReplied)
NOTIFICATION_REQUESTED: Final = Kind(
    topics.REQUESTED, "id.tanggap.notification.requested.v1", "/notifier", NotificationRequested
)
NOTIFICATION_OUTCOME: Final = Kind(topics.OUTCOMES, "id.tanggap.notification.outcome.v1", "/notifier", Notification)

ALL: Final = (
    REPORT_SUBMITTED, REPORT_ACCEPTED, REPORT_REJECTED, REPORT_ROUTED, STATUS_CHANGED, DEADLINE_WARNED,
    DEADLINE_BREACHED, DEADLINE_ESCALATED, AGENCY_UPDATED, REPORTER_REPLIED, NOTIFICATION_REQUESTED,
    NOTIFICATION_OUTCOME,
)  # fmt: skip
