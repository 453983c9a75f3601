"""`/track/{code}.json`: what became of a report, without identity."""

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.intake import store
from services.intake.identity import read_tracking_code
from services.intake.open311.limits import Allowance, neighbourhood
from services.intake.open311.refusal import Refused, too_many, unavailable
from shared.failures import is_transient
from shared.service import Service

_SECONDS = 5


def routes(service: Service, missed: Allowance) -> list[Route]:
    """The tracking path. An unknown code and one that cannot be a code are answered alike.

    `missed` counts them per address: guessing is slowed down.
    """

    async def track(request: Request) -> Response:
        clock = asyncio.get_running_loop().time
        address = neighbourhood(request.client.host if request.client else "")
        if wait := missed.wait(address, clock()):
            return _error("too-many", too_many(wait))
        if not service.connected:
            return _error("unavailable", unavailable())
        try:
            async with asyncio.timeout(_SECONDS):
                found = await _look_up(service, request.path_params["code"])
        except Exception as error:
            if is_transient(error):
                return _error("unavailable", unavailable())
            raise
        if found is None:
            missed.take(address, clock())
            return JSONResponse({"error": "not-found"}, status_code=404)
        return JSONResponse(_shown(service, *found), headers={"Cache-Control": "no-store"})

    return [Route("/track/{code}.json", track)]


async def _look_up(service: Service, typed: str) -> tuple[asyncpg.Record, list[asyncpg.Record]] | None:
    code = read_tracking_code(typed)
    report = await store.find_report(service.pool, code) if code else None
    return (report, list(await store.timeline(service.pool, report["report_id"]))) if report else None


def _shown(service: Service, report: asyncpg.Record, steps: list[asyncpg.Record]) -> dict[str, Any]:
    agencies = service.pack.agencies

    def local(at: datetime | None) -> str | None:
        """An instant with the offset of the city, as people there read it."""
        return at.astimezone(service.pack.calendar.zone).isoformat() if at else None

    return {
        "tracking_code": report["tracking_code"],
        "class": report["class"],
        "topic": report["topic"],
        "title": None if report["confidential"] else report["title"],
        "received_at": local(report["received_at"]),
        "status": steps[-1]["status"] if steps else "received",
        "expected_at": local(steps[-1]["expected_at"]) if steps else None,
        "timeline": [
            {
                "sequence": step["sequence"],
                "status": step["status"],
                "agency": step["agency"],
                "agency_name": agencies[step["agency"]].name if step["agency"] in agencies else None,
                "reason": step["reason"],
                "note": step["note"],
                "expected_at": local(step["expected_at"]),
                "at": local(step["at"]),
            }
            for step in steps
        ],
    }


def _error(code: str, refused: Refused) -> Response:
    return JSONResponse({"error": code}, status_code=refused.status, headers=refused.headers)
