"""The page of a link to stop: one POST stops (RFC 8058), a look at it does not, for mail scanners look at all links."""

from datetime import UTC, datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.notifier.contacts import store
from services.notifier.contacts.stopping import Stops
from shared import metrics
from shared.database import Pool
from shared.http import TooLong, read_body

_MOST_BYTES = 4096
_PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:17px/1.5 system-ui,sans-serif;max-width:34em;margin:2em auto;padding:0 1em;color:#1f2933}}
button{{font:inherit;padding:.6em 1.2em;border:0;border-radius:6px;background:#0b5d8a;color:#fff}}
.en{{color:#5b6773}}</style></head><body><h1>{title}</h1><p>{indonesian}</p><p class="en" lang="en">{english}</p>
{form}</body></html>
"""
_FORM = '<form method="post"><button name="{name}" value="{value}">{label}</button></form>'


class Door:
    """`/stop/{token}` for whoever does not want to be written to."""

    def __init__(self, stops: Stops) -> None:
        self.pool: Pool | None = None
        self._stops = stops

    def paths(self) -> list[Route]:
        """The one path."""
        return [Route("/stop/{token}", self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        """GET shows the button; POST stops, or with `again` starts anew."""
        contact = self._stops.read(request.path_params["token"])
        if contact is None:
            return _page("Tautan tidak dikenal", "Tautan ini tidak berlaku.", "This link is not valid.", "", 404)
        if request.method != "POST":
            return _page(
                "Berhenti menerima kabar?",
                "Kabar yang wajib kami sampaikan menurut aturan tetap dikirim.",
                "Stop messages about your reports? What the law wants you to be told is still sent.",
                _FORM.format(name="List-Unsubscribe", value="One-Click", label="Berhenti / Stop"),
            )
        try:
            said = await read_body(request, _MOST_BYTES)
        except TooLong:
            return Response(status_code=413)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408)
        return await self._act(contact, said)

    async def _act(self, contact: bytes, said: bytes) -> Response:
        if self.pool is None:
            return Response(status_code=503, headers={"Retry-After": "5"})
        if b"again" in said:
            await store.start_again(self.pool, contact)
            metrics.STOPS.labels("again").inc()
            return _page("Kabar dikirim lagi", "Anda akan menerima kabar lagi.", "Messages are sent again.", "")
        await store.stop(self.pool, contact, datetime.now(UTC))
        metrics.STOPS.labels("stopped").inc()
        return _page(
            "Kabar dihentikan",
            "Anda tidak akan menerima kabar lagi, kecuali yang wajib menurut aturan.",
            "You will get no more messages, but for what the law wants you to be told.",
            _FORM.format(name="again", value="1", label="Terima kabar lagi / Send them again"),
        )


def _page(title: str, indonesian: str, english: str, form: str, status: int = 200) -> Response:
    page = _PAGE.format(title=title, indonesian=indonesian, english=english, form=form)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
    return HTMLResponse(page, status, headers)
