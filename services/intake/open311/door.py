"""`/open311/v2/...`: one ASGI application that turns requests into questions, and answers or refusals into bytes."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.intake.acceptance import Acceptor
from services.intake.open311.asking import Asking, Lookups
from services.intake.open311.catalogue import discovery
from services.intake.open311.filing import Filing
from services.intake.open311.form import BODY_BYTES, Form, read_form, read_pairs, single
from services.intake.open311.formats import CONTENT_TYPES, Row, write, write_refusal
from services.intake.open311.limits import Allowance, neighbourhood
from services.intake.open311.paths import Asked, format_of, read_path
from services.intake.open311.query import read_jurisdiction
from services.intake.open311.refusal import Fault, Refused, unavailable
from shared.failures import is_transient
from shared.http import BODY_SECONDS, TooLong, read_body
from shared.service import Service

BASE: Final = "/open311/v2"

Content = tuple[str, Row | Sequence[Row]]


def routes(service: Service, acceptor: Acceptor, missed: Allowance) -> list[Route]:
    """The door's one route; `missed` counts failed look-ups per address, together with the tracking path's."""
    return [Route(f"{BASE}/{{path:path}}", Door(service, acceptor, missed))]


class Door:
    """Open311 GeoReport v2."""

    def __init__(self, service: Service, acceptor: Acceptor, missed: Allowance) -> None:
        lookups = Lookups(service, missed)
        self._service = service
        self._asking = Asking(service, lookups)
        self._filing = Filing(service, acceptor, lookups, missed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, in its format, whatever happens."""
        request = Request(scope, receive)
        form = format_of(request.path_params["path"])
        headers: dict[str, str] = {}
        status = HTTPStatus.OK
        try:
            root, content = await self._answer(request)
            body = write(form, root, content)
        except ClientDisconnect:
            return
        except Exception as error:
            refused = self._refusal(error)
            status, headers, body = refused.status, refused.headers, write_refusal(form, refused)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}
        response = Response(body, status, headers, CONTENT_TYPES[form])
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Content:
        asked = read_path(request.path_params["path"], request.method)
        params = single(read_pairs(request.scope["query_string"]))
        address = neighbourhood(request.client.host if request.client else "")
        if request.method == "POST":
            form = read_form(request.headers.get("content-type", ""), await _body(request))
            read_jurisdiction({**params, **form}, self._service.pack)
            return await self._post(asked, request, form, address)
        read_jurisdiction(params, self._service.pack)
        if asked.resource in {"discovery", "services"}:
            return self._about_the_city(asked, request)
        return await self._about_reports(asked, params, address)

    def _about_the_city(self, asked: Asked, request: Request) -> Content:
        if asked.resource == "discovery":
            url = str(request.base_url).rstrip("/") + BASE
            return "discovery", discovery(self._service.pack, url)
        if asked.item is None:
            return "services", self._asking.services()
        return "service_definition", self._asking.definition(asked.item)

    async def _about_reports(self, asked: Asked, params: Form, address: str) -> Content:
        if asked.resource == "servicerequestupdates":
            return "service_request_updates", await self._asking.updates(params)
        if asked.item is None:
            return "service_requests", await self._asking.requests(params, address)
        if asked.resource == "tokens":
            return "service_requests", await self._asking.token(asked.item, address)
        return "service_requests", await self._asking.request(asked.item, address)

    async def _post(self, asked: Asked, request: Request, form: Form, address: str) -> Content:
        client = await self._filing.client(form, address)
        if asked.resource == "requests":
            key = request.headers.get("idempotency-key")
            return "service_requests", await self._filing.report(form, client, key)
        return "service_request_updates", await self._filing.update(form, client, address)

    def _refusal(self, error: Exception) -> Refused:
        """What a client is told of an error; nothing of its inside."""
        if isinstance(error, Refused):
            return error
        if is_transient(error):
            return unavailable()
        self._service.log.error("open311.failed", exc_info=error)
        return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, Fault("Kesalahan di server / internal error", None, "error"))


async def _body(request: Request) -> bytes:
    # The rest of a body that is too large or too slow is not read: the connection ends with the answer.
    close = {"Connection": "close"}
    try:
        return await read_body(request, BODY_BYTES)
    except TooLong:
        words = f"Paling besar {BODY_BYTES} byte / at most {BODY_BYTES} bytes"
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Fault(words, None, "too-large"), headers=close) from None
    except TimeoutError:
        words = f"Isi permintaan tidak lengkap dalam {BODY_SECONDS} detik / not complete within {BODY_SECONDS} s"
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, Fault(words, None, "too-slow"), headers=close) from None
