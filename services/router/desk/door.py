"""`/desk/v1/...`: officers see what waits, and decide. JSON, with an officer's key."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.router.calendars.store import Rulebook
from services.router.case import Case
from services.router.cases import store as cases
from services.router.desk import store
from services.router.desk.orders import ACTIONS, Order, command_of
from services.router.desk.pages import listed, shown
from services.router.desk.queries import query_of
from services.router.doors import store as doors
from services.router.doors.handlers import code_as_kept, count
from services.router.doors.store import Asked
from shared import metrics
from shared.database import Connection, Pool
from shared.failures import is_transient
from shared.http import TooLong, read_body
from shared.reading import problems_of
from shared.service import Service

BASE: Final = "/desk/v1"
_BODY_BYTES: Final = 65_536
Answer = Callable[[Request, Connection, str], Awaitable[Response]]


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        self.status = status
        self.body = {"error": code, **more}
        super().__init__(code)


class Desk:
    """The desk's paths."""

    def __init__(self, service: Service, book: Rulebook) -> None:
        self._service, self._book = service, book

    def routes(self) -> list[Route]:
        """What the service hangs out."""
        return [
            Route(f"{BASE}/reports", self._guarded(self._list), methods=["GET"]),
            Route(f"{BASE}/reports/{{report}}", self._guarded(self._show), methods=["GET"]),
            Route(f"{BASE}/reports/{{report}}/{{action}}", self._guarded(self._order), methods=["POST"]),
        ]

    def _guarded(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """Only for officers; what is refused, and what fails, is said in JSON."""

        async def guarded(request: Request) -> Response:
            try:
                return await self._answered(request, answer)
            except Refused as refused:
                headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "2"}}.get(refused.status)
                return JSONResponse(refused.body, status_code=refused.status, headers=headers)
            except Exception as error:
                if not is_transient(error):
                    raise
                return JSONResponse({"error": "not-ready"}, status_code=503, headers={"Retry-After": "2"})

        return guarded

    async def _answered(self, request: Request, answer: Answer) -> Response:
        pool = self._pool()
        try:
            request.state.body = await read_body(request, _BODY_BYTES)
        except TooLong:
            raise Refused(413, "too-large") from None
        except (TimeoutError, ClientDisconnect):
            raise Refused(408, "too-slow") from None
        async with pool.acquire() as con:
            response = await answer(request, con, await self._officer(request, con))
        # Not with a connection in hand: who publishes needs one of the same few.
        if request.method == "POST":
            await self._service.outbox.flush()
        return response

    def _pool(self) -> Pool:
        if not hasattr(self._service, "outbox"):
            raise Refused(503, "not-ready")
        return self._service.pool

    async def _officer(self, request: Request, con: Connection) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        name = await store.officer(con, sha256(key.strip().encode()).digest()) if scheme.lower() == "bearer" else None
        if name is None:
            raise Refused(401, "no-officer")
        return name

    async def _list(self, request: Request, con: Connection, _officer: str) -> Response:
        query = query_of(request.query_params)
        if query is None:
            raise Refused(400, "bad-query")
        rows = await store.waiting(con, query.status, query.after, query.most)
        rules = await self._book.in_force(con)
        return JSONResponse(listed([dict(row) for row in rows], query.most, rules.pack))

    async def _show(self, request: Request, con: Connection, _officer: str) -> Response:
        found = await store.whole(con, await self._named(request, con))
        if found is None:
            raise Refused(404, "unknown-report")
        rules = await self._book.in_force(con)
        return JSONResponse(shown({part: [dict(row) for row in rows] for part, rows in found.items()}, rules))

    async def _named(self, request: Request, con: Connection) -> UUID:
        """The report that a path means, by id or tracking code."""
        written = request.path_params["report"]
        try:
            found = await doors.find(con, [UUID(written)], [])
        except ValueError:
            found = await doors.find(con, [], [code_as_kept(written) or ""])
        if not found:
            raise Refused(404, "unknown-report")
        return next(iter(found))

    async def _order(self, request: Request, con: Connection, officer: str) -> Response:
        action = request.path_params["action"]
        if action not in ACTIONS:
            raise Refused(404, "unknown-action", actions=list(ACTIONS))
        order = _read(request.state.body)
        report_id = await self._named(request, con)
        return JSONResponse(await self._carry_out(con, officer, report_id, action, order))

    async def _carry_out(
        self, con: Connection, officer: str, report_id: UUID, action: str, order: Order
    ) -> dict[str, Any]:
        now = datetime.now(UTC)
        door, digest = f"officer:{officer}", sha256(f"{report_id} {action} {order.model_dump_json()}".encode()).digest()
        async with con.transaction():
            rules = await self._book.in_force(con)
            turn = (await cases.lock(con, [report_id]))[report_id]
            before = (await doors.asked_before(con, [door], [order.command_id])).get((door, order.command_id))
            if before and before.refused is None:
                if before.digest != digest:
                    raise Refused(409, "conflict", now=turn.case.status)
                return _state(turn.case, repeated=True)
            while turn.pass_time(now, rules, now):
                pass
            command = command_of(order, action, turn.case, now, rules)
            refused = command if isinstance(command, str) else turn.do(command, rules, now)
            if refused:
                code = refused if isinstance(refused, str) else refused.code
                metrics.REFUSED.labels("desk", code).inc()
                raise Refused(409, code, now=turn.case.status, sequence=turn.case.sequence)
            await cases.keep(con, [turn], rules, now)
            await doors.note_asked(con, [Asked(door, order.command_id, report_id, digest, "desk")], now)
            await self._service.outbox.add(con, turn.events)
        count([turn])
        return _state(turn.case, repeated=False)


def _read(body: bytes) -> Order:
    try:
        return Order.model_validate_json(body)
    except ValidationError as error:
        raise Refused(422, "malformed", problems=problems_of(error)) from None


def _state(case: Case, *, repeated: bool) -> dict[str, Any]:
    return {
        "report_id": str(case.report_id),
        "tracking_code": case.tracking_code,
        "status": case.status,
        "sequence": case.sequence,
        "agency": case.agency,
        "expected_at": case.expected_at.isoformat() if case.expected_at else None,
        "repeated": repeated,
    }
