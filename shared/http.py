"""The HTTP paths that every service has: health, metrics, and the contract; contract section 8."""

import json
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.asyncapi import document

Check = Callable[[], Awaitable[bool]]

LIVE, READY, METRICS, CONTRACT = "/health/live", "/health/ready", "/metrics", "/docs/asyncapi"


def routes(checks: Mapping[str, Check]) -> list[Route]:
    """The common paths; `checks` are asked, by name, each time readiness is."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        answers = {name: await check() for name, check in checks.items()}
        well = all(answers.values())
        said = {name: "ok" if answer else "does not answer" for name, answer in answers.items()}
        return JSONResponse(
            {"status": "ready" if well else "waiting", "checks": said},
            status_code=200 if well else 503,
            headers={} if well else {"Retry-After": "2"},
        )

    async def measured(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def contract(_request: Request) -> Response:
        text = json.dumps(document(), ensure_ascii=False, indent=2)
        return Response(text, media_type="application/vnd.aai.asyncapi+json")

    return [
        Route(LIVE, live),
        Route(READY, ready),
        Route(METRICS, measured),
        Route(CONTRACT, contract),
    ]
