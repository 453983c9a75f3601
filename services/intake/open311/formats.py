"""Answers as XML 1.0 and as JSON in the Spark convention (arrays without their root element). Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from services.intake.open311.paths import Format
from services.intake.open311.refusal import Refused

Row = Mapping[str, Any]

CONTENT_TYPES: Final[Mapping[Format, str]] = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}

# The element of a list, by the name of the list.
_SINGULAR: Final = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
# Everything outside production [2] Char of XML 1.0 (fifth edition); an escape does not make it legal.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(form: Format, root: str, content: Row | Sequence[Row]) -> bytes:
    """An answer in UTF-8. `root` is the XML root element; JSON has none."""
    if form == "json":
        # A lone surrogate has no UTF-8; it is left out here as it is in XML.
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "ignore")
    body = "".join(_element(root, content))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def write_refusal(form: Format, refusal: Refused) -> bytes:
    """The errors as the specification writes them; `field` and `problem` are ours, for programs."""
    code = refusal.status.value
    extra = ({"field": fault.field, "problem": fault.problem} for fault in refusal.faults)
    rows = [
        {"code": code, "description": fault.description, **{name: value for name, value in more.items() if value}}
        for fault, more in zip(refusal.faults, extra, strict=True)
    ]
    return write(form, "errors", rows)


def _element(name: str, value: object) -> Iterator[str]:
    yield f"<{name}>"
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _element(key, part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _element(_SINGULAR[name], part)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None:
        yield legal(str(value))
    yield f"</{name}>"


def legal(text: str) -> str:
    """Text as XML character data: escaped, and without the characters that XML 1.0 does not have."""
    return escape(_ILLEGAL.sub("", text), {"\r": "&#13;"})
