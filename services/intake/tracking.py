"""`/track/{code}.json`: what became of a report, without identity."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.intake import store
from services.intake.identity import read_tracking_code
from shared.service import Service


def routes(service: Service) -> list[Route]:
    """The tracking path. An unknown code and one that cannot be a code are answered alike."""

    def local(at: datetime | None) -> str | None:
        """An instant with the offset of the city, as people there read it."""
        return at.astimezone(service.pack.calendar.zone).isoformat() if at else None

    async def track(request: Request) -> Response:
        if not service.connected:
            return JSONResponse({"error": "unavailable"}, status_code=503, headers={"Retry-After": "2"})
        code = read_tracking_code(request.path_params["code"])
        report = await store.find_report(service.pool, code) if code else None
        if report is None:
            return JSONResponse({"error": "not-found"}, status_code=404)
        steps = await store.timeline(service.pool, report["report_id"])
        agencies = service.pack.agencies
        return JSONResponse(
            {
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
        )

    return [Route("/track/{code}.json", track)]
