"""The HTTP paths that every service has: health, metrics, and the contract; contract section 8."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.asyncapi import document

Check = Callable[[], Awaitable[bool]]

BODY_SECONDS: Final = 20
LIVE, READY, METRICS, CONTRACT = "/health/live", "/health/ready", "/metrics", "/docs/asyncapi"


class TooLong(Exception):
    """A body is longer than it may be; the rest of it was not read."""


async def read_body(request: Request, most: int) -> bytes:
    """The body, never more than `most` bytes of it in memory.

    Raises:
        TooLong: it is longer.
        TimeoutError: it was not complete within `BODY_SECONDS`.
        ClientDisconnect: its sender is gone.
    """
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                raise TooLong
    return bytes(body)


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
