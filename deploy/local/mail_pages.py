"""HTTP reading of the caught mails: Mailpit's list and message, and a plain page for people."""

from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from deploy.local.mailbox import Mailbox, full

_LARGEST_PAGE = 1_000
# A caught mail is a stranger's text: nothing in it may run or load anything.
_GUARD = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STYLE = (
    "body{font:16px sans-serif;max-width:60rem;margin:2rem auto}"
    "td,th{padding:.3rem .6rem;text-align:left}pre{white-space:pre-wrap}"
)


def reading_api(mailbox: Mailbox) -> Starlette:
    """The application; it changes nothing in the box."""

    def messages(request: Request) -> Response:
        """`GET /api/v1/messages?start=0&limit=50`."""
        try:
            start = max(int(request.query_params.get("start", "0")), 0)
            limit = min(max(int(request.query_params.get("limit", "50")), 0), _LARGEST_PAGE)
        except ValueError:
            return JSONResponse({"Error": "start and limit must be numbers"}, status_code=400)
        shown = list(mailbox.listed(start, limit))
        return JSONResponse({"total": len(mailbox), "count": len(shown), "start": start, "messages": shown})

    def message(request: Request) -> Response:
        """`GET /api/v1/message/{ID}`."""
        mail = mailbox.get(request.path_params["identity"])
        if mail is None:
            return JSONResponse({"Error": "no such message"}, status_code=404)
        return JSONResponse(full(mail))

    def overview(_request: Request) -> Response:
        """`GET /`: the newest mails as a table."""
        rows = [_row(line) for line in mailbox.listed(0, 200)]
        head = "<tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr>"
        return _page("Caught mails", f"<p>{len(mailbox)} mails, newest first</p><table>{head}{''.join(rows)}</table>")

    def one(request: Request) -> Response:
        """`GET /view/{ID}`: one mail as text."""
        mail = mailbox.get(request.path_params["identity"])
        if mail is None:
            return _page("No such mail", '<p><a href="/">All mails</a></p>', status=404)
        shown = full(mail)
        body = str(shown["Text"] or shown["HTML"])
        return _page(str(shown["Subject"]), f'<p><a href="/">All mails</a></p><pre>{escape(body)}</pre>')

    return Starlette(
        routes=[
            Route("/", overview),
            Route("/view/{identity}", one),
            Route("/api/v1/messages", messages),
            Route("/api/v1/message/{identity}", message),
        ]
    )


def _row(shown: dict[str, object]) -> str:
    to = shown["To"]
    addresses = ", ".join(one["Address"] for one in to) if isinstance(to, list) else ""
    link = f'<a href="/view/{escape(str(shown["ID"]))}">{escape(str(shown["Subject"]) or "(no subject)")}</a>'
    return f"<tr><td>{escape(str(shown['Created']))}</td><td>{escape(addresses)}</td><td>{link}</td></tr>"


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    name = escape(title)
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title><style>{_STYLE}</style>'
    return HTMLResponse(f"{page}<h1>{name}</h1>{body}</html>", status_code=status, headers=_GUARD)
