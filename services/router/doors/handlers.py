"""The doors of agencies and reporters: agencies.updates, reporters.replies -> decide -> one transaction -> publish."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Generic, TypeVar
from uuid import UUID

from services.router.calendars.store import Rulebook
from services.router.case import Case, Command
from services.router.cases import store as cases
from services.router.cases.turn import Turn
from services.router.commands import of_agency, of_reporter
from services.router.doors import store
from services.router.doors.store import Asked
from services.router.failures import tell_failures
from services.router.life import Refusal
from services.router.rules import Rules
from shared import kinds, log, metrics
from shared.database import Pool
from shared.dead_letters import dead_letter
from shared.envelope import Event, Kind, Record
from shared.events import AgencyUpdated, ReporterReplied
from shared.outbox import Outbox
from shared.reading import read

_log = log.get("router")
M = TypeVar("M", AgencyUpdated, ReporterReplied)


@dataclass(frozen=True, slots=True)
class Request(Generic[M]):
    """A message of a door: who may choose its id, which report it names, and what it asks of it."""

    door: Callable[[M], str]
    identity: Callable[[M], str]
    report_id: Callable[[M], UUID | None]
    command: Callable[[M, Case, datetime, Rules], Command]


class Door(Generic[M]):
    """The handler of one topic of commands."""

    def __init__(
        self, kind: Kind, model: type[M], request: Request[M], book: Rulebook, pool: Pool, outbox: Outbox
    ) -> None:
        self._kind = kind
        self._model: type[M] = model
        self._request: Request[M] = request
        self._book = book
        self._pool = pool
        self._outbox = outbox

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each request changes its report once, or comes back as a dead letter with the reason and changes nothing."""
        messages: list[tuple[Record, M]]
        letters: list[Event]
        messages, letters = read(batch, self._kind, self._model, "router")
        changed: list[Turn] = []
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            rules = await self._book.in_force(con)
            named = [self._request.report_id(message) for _, message in messages]
            codes = [code_as_kept(message.tracking_code) for _, message in messages]
            found = await store.find(con, [one for one in named if one], [code for code in codes if code])
            turns = await cases.lock(con, list(found))
            seen = await store.asked_before(
                con, [self._request.door(m) for _, m in messages], [self._request.identity(m) for _, m in messages]
            )
            fresh: dict[tuple[str, str], Asked] = {}
            by_code = {turn.case.tracking_code: turn for turn in turns.values()}
            for record, message in messages:
                turn = self._named(message, turns, by_code)
                reason = self._decide(record, message, turn, seen, fresh, rules, now)
                if reason:
                    letters.append(dead_letter("router", record, reason, refused=True))
                    metrics.REFUSED.labels(record.topic, reason).inc()
                    _tell(record, turn, reason)
            changed = [turn for turn in turns.values() if turn.changed]
            await cases.keep(con, changed, rules, now)
            await store.note_asked(con, list(fresh.values()), now)
            await self._outbox.add(con, [*_events(changed), *letters])
        await self._outbox.flush()
        count(changed)

    def _named(self, message: M, turns: dict[UUID, Turn], codes: dict[str, Turn]) -> Turn | None:
        """The report that a message means; None where there is none, or where id and code mean two."""
        named, code = self._request.report_id(message), code_as_kept(message.tracking_code)
        by_id, by_code = turns.get(named) if named else None, codes.get(code) if code else None
        if (named and not by_id) or (code and not by_code) or (by_id and by_code and by_id is not by_code):
            return None
        return by_id or by_code

    def _decide(
        self,
        record: Record,
        message: M,
        turn: Turn | None,
        seen: dict[tuple[str, str], Asked],
        fresh: dict[tuple[str, str], Asked],
        rules: Rules,
        now: datetime,
    ) -> str | None:
        """Carry a message out, and note that; the reason where it was refused."""
        if turn is None:
            return "unknown-report"
        key = self._request.door(message), self._request.identity(message)
        asked = Asked(*key, turn.case.report_id, _digest(message), _place(record))
        before = fresh.get(key) or seen.get(key)
        if before and before.place == asked.place:
            return None  # the same message once more: it was answered
        if before and before.refused is None:
            return "repeated" if before.digest == asked.digest else "conflict"
        arrived = min(datetime.fromtimestamp(record.timestamp / 1000, UTC), now)
        # What time did before the message came goes first, also where the router was away for both.
        while turn.pass_time(arrived, rules, now):
            pass
        refused = turn.do(self._request.command(message, turn.case, arrived, rules), rules, now)
        reason = refused.code if isinstance(refused, Refusal) else None
        fresh[key] = Asked(*key, asked.report_id, asked.digest, asked.place, reason)
        return reason


def updates(book: Rulebook, pool: Pool, outbox: Outbox) -> Door[AgencyUpdated]:
    """The handler of `agencies.updates`."""
    request: Request[AgencyUpdated] = Request(
        door=lambda update: f"agency:{update.agency}",
        identity=lambda update: update.update_id,
        report_id=lambda update: update.report_id,
        command=of_agency,
    )
    return Door(kinds.AGENCY_UPDATED, AgencyUpdated, request, book, pool, outbox)


def replies(book: Rulebook, pool: Pool, outbox: Outbox) -> Door[ReporterReplied]:
    """The handler of `reporters.replies`."""
    request: Request[ReporterReplied] = Request(
        door=lambda reply: f"channel:{reply.channel}",
        identity=lambda reply: reply.reply_id,
        report_id=lambda _reply: None,
        command=lambda reply, _case, at, _rules: of_reporter(reply, at),
    )
    return Door(kinds.REPORTER_REPLIED, ReporterReplied, request, book, pool, outbox)


def count(turns: Iterable[Turn]) -> None:
    """Tell in metrics what was done."""
    for turn in turns:
        for step in turn.steps:
            metrics.TRANSITIONS.labels(step.status, step.actor).inc()
        for sent_by, found in turn.rerouted:
            metrics.REROUTES.labels(sent_by, found.rule).inc()
            tell_failures(turn.case.report_id, found.decision.tried)
        for taken in turn.taken:
            metrics.CLOCK_STEPS.labels(taken.clock, taken.step.kind).inc()
            if taken.redirected:
                metrics.STEPS_WITHOUT_OFFICE.labels(taken.clock).inc()


def _events(turns: Iterable[Turn]) -> list[Event]:
    return [event for turn in turns for event in turn.events]


def code_as_kept(written: str | None) -> str | None:
    """A tracking code as it is kept: case, spaces and dashes do not matter, O is 0, I and L are 1."""
    if written is None:
        return None
    signs = re.sub(r"[^0-9A-Z]", "", written.upper()).translate(str.maketrans("OIL", "011"))
    return "-".join(signs[place : place + 4] for place in range(0, len(signs), 4))


def _digest(message: AgencyUpdated | ReporterReplied) -> bytes:
    return sha256(message.model_dump_json().encode()).digest()


def _place(record: Record) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _tell(record: Record, turn: Turn | None, reason: str) -> None:
    report_id = str(turn.case.report_id) if turn else None
    _log.info("command.refused", topic=record.topic, report_id=report_id, reason=reason)
