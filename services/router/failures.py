"""A rule of routing that failed on a report is told in one way, whichever of its decisions that was."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from services.router.decision import Tried
from services.router.routing import FAILED
from shared import log, metrics

CAN_FAIL: Final = ("words", "model")
_log = log.get("router")


def tell_failures(report_id: UUID, tried: Iterable[Tried]) -> None:
    """Count and log the rules that could not be tried."""
    for step in tried:
        if step.result.startswith(FAILED):
            metrics.RULE_FAILURES.labels(step.rule).inc()
            _log.error("rule.failed", report_id=str(report_id), rule=step.rule, result=step.result)
