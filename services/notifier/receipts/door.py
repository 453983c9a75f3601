"""`/receipts/{provider}`: what providers say later about messages. Signed, of limited size, kept before the answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.notifier.receipts.format import Posted, Reader, Unreadable
from services.notifier.receipts.handlers import Receipts
from shared import log, metrics
from shared.failures import is_transient
from shared.http import TooLong, read_body

PATH: Final = "/receipts"
_LATER: Final = {"Retry-After": "5"}
_log = log.get("notifier")


def routes(readers: Mapping[str, Sequence[Reader]], receipts: Callable[[], Receipts | None]) -> list[Route]:
    """The door's route; `readers` by the provider's name, `receipts` once the service is up."""
    for provider in readers:
        for outcome in ("applied", "old", "early", "unreadable", "no-receipt", "bad-signature"):
            metrics.RECEIPTS.labels(provider, outcome)
    door = Door(readers, receipts)
    return [Route(f"{PATH}/{{provider}}", door.answer, methods=["GET", "POST"])]


class Door:
    """Several accounts may share a name: the signature tells whose receipt it is."""

    def __init__(self, readers: Mapping[str, Sequence[Reader]], receipts: Callable[[], Receipts | None]) -> None:
        self._readers = readers
        self._receipts = receipts

    async def answer(self, request: Request) -> Response:
        """204 when it is kept; 403 where it is not signed, 413 where it is too long, 503 where it should come again."""
        provider = request.path_params["provider"]
        readers = self._readers.get(provider)
        if readers is None:
            return Response(status_code=404)
        if request.method in {"GET", "HEAD"}:
            return self._greet(readers, request)
        try:
            body = await read_body(request, max(reader.most_bytes for reader in readers))
        except TooLong:
            return Response(status_code=413)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408)
        return await self._take(provider, readers, _posted(request, body))

    def _greet(self, readers: Sequence[Reader], request: Request) -> Response:
        found = (reader.challenge(request.query_params) for reader in readers)
        challenge = next((one for one in found if one is not None), None)
        return Response(status_code=403) if challenge is None else PlainTextResponse(challenge)

    async def _take(self, provider: str, readers: Sequence[Reader], posted: Posted) -> Response:
        reader = next((one for one in readers if one.is_signed(posted)), None)
        if reader is None:
            metrics.RECEIPTS.labels(provider, "bad-signature").inc()
            return Response(status_code=403)
        try:
            found = reader.read(posted)
        except Unreadable:
            metrics.RECEIPTS.labels(provider, "unreadable").inc()
            return Response(status_code=400)
        if not found:
            metrics.RECEIPTS.labels(provider, "no-receipt").inc()
            return Response(status_code=204)
        receipts = self._receipts()
        if receipts is None:
            return Response(status_code=503, headers=_LATER)
        try:
            await receipts.take(found)
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("receipts.wait", provider=provider, error=type(error).__name__)
            return Response(status_code=503, headers=_LATER)
        return Response(status_code=204)


def _posted(request: Request, body: bytes) -> Posted:
    query = request.scope["query_string"].decode("latin-1")
    target = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").partition("?")[0]
    headers = {name.lower(): value for name, value in request.headers.items()}
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return Posted(target + (f"?{query}" if query else ""), dict(request.query_params), headers, body, origin)
