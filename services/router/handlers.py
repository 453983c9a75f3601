"""The router's way of a report: reports.accepted -> decide -> one transaction -> reports.routed and reports.status."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.router import store
from services.router.booking import Booked, book
from services.router.calendars.store import Rulebook
from services.router.failures import CAN_FAIL, tell_failures
from services.router.opening import Opening, begin_all
from services.router.rules import Rules
from shared import kinds, log, metrics
from shared.database import Pool
from shared.envelope import Event, Record, announce, trace_of
from shared.events import ReportAccepted
from shared.outbox import Outbox
from shared.reading import read

_log = log.get("router")


class Accepted:
    """The handler of `reports.accepted`."""

    def __init__(self, book: Rulebook, pool: Pool, outbox: Outbox) -> None:
        self._book = book
        self._pool = pool
        self._outbox = outbox
        metrics.TOLD_SECONDS.labels("routed")
        metrics.ROUTED.labels("desk", "desk")
        for rule in CAN_FAIL:
            metrics.RULE_FAILURES.labels(rule)

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each report is routed once; one that was routed before changes nothing."""
        reports, letters = read(batch, kinds.REPORT_ACCEPTED, ReportAccepted, "router")
        now = datetime.now(UTC)
        # Somebody in danger is told first, also within a batch.
        reports.sort(key=lambda pair: not pair[1].emergency)
        async with self._pool.acquire() as con, con.transaction():
            rules = await self._book.in_force(con)
            opened = begin_all([report for _, report in reports], rules, now)
            openings = {
                opening.report.report_id: (record, opening)
                for (record, _), opening in reversed(list(zip(reports, opened, strict=True)))
            }
            begun = [opening for _, opening in reversed(openings.values())]
            due = [opening.kept.next_at(rules) for opening in begun]
            traces = [trace_of(openings[o.report.report_id][0], o.report.report_id) for o in begun]
            fresh = await store.insert_reports(con, begun, due, traces, now)
            new = [opening for opening in begun if opening.report.report_id in fresh]
            await store.insert_hops(con, new, now)
            booked = [entry for opening in new for entry in _booked(opening, rules)]
            await store.insert_clock_events(con, booked, rules.pack.version)
            await store.insert_transitions(con, [step for opening in new for step in opening.steps])
            events = [e for opening in new for e in _events(opening, openings[opening.report.report_id][0], now)]
            await self._outbox.add(con, [*events, *letters])
        await self._outbox.flush()
        for opening in new:
            _tell(opening, openings[opening.report.report_id][0])


def _booked(opening: Opening, rules: Rules) -> Sequence[Booked]:
    case = opening.kept.case
    return book(case.report_id, {}, opening.clock_events, 0, case.sequence, rules.calendar)


def _events(opening: Opening, record: Record, now: datetime) -> list[Event]:
    report = opening.report
    trace = trace_of(record, report.report_id)
    routed = (
        [announce(kinds.REPORT_ROUTED, report.report_id, (report.report_id, 1), opening.routed, now, trace)]
        if opening.routed
        else []
    )
    return routed + [
        announce(
            kinds.STATUS_CHANGED,
            report.report_id,
            (report.report_id, step.sequence),
            step,
            step.at,
            trace,
            report.received_at,
        )
        for step in opening.steps
    ]


def _tell(opening: Opening, record: Record) -> None:
    report, decision = opening.report, opening.decision
    metrics.ROUTED.labels(decision.agency or "desk", decision.method).inc()
    tell_failures(report.report_id, decision.tried)
    metrics.TOLD_SECONDS.labels("routed").observe((datetime.now(UTC) - report.received_at).total_seconds())
    _log.info(
        "report.routed",
        report_id=str(report.report_id),
        trace_id=trace_of(record, report.report_id),
        agency=decision.agency,
        method=decision.method,
        reason=decision.reason,
    )
