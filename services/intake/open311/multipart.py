"""multipart/form-data (RFC 7578) read in one pass: parts are split at the boundary and never looked into. Pure.

Not with the standard library's e-mail parser: it follows parts within parts until the stack ends, decodes names by any
codec that a header asks for, and takes a minute for a name full of semicolons, all before a key was looked at.
"""

import re
from typing import Final, NamedTuple

# RFC 2046, section 5.1.1: up to 70 of these signs.
_BOUNDARY: Final = re.compile(
    r""";\s*boundary\s*=\s*(?:"([\w'()+,\-./:=? ]{1,70})"|([\w'+\-.]{1,70}))\s*(?:;|\Z)""", re.ASCII | re.IGNORECASE
)
# Names and file names as browsers write them: in quotes, a quote inside as %22 or escaped.
_NAME: Final = re.compile(rb';\s*name\s*=\s*(?:"((?:[^"\\]|\\.){1,256})"|([^\s";]{1,256}))', re.IGNORECASE)
_FILE: Final = re.compile(rb';\s*filename\*?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*))', re.IGNORECASE)
_HEADER_BYTES: Final = 2_000
_PLAIN: Final = {b"", b"7bit", b"8bit", b"binary"}


class Field(NamedTuple):
    """One part of a body."""

    name: bytes
    value: bytes
    is_file: bool


def fields(content_type: str, body: bytes, most: int) -> list[Field] | None:
    """The fields of a body in their order; None where it is no such body, is cut off, or has more than `most`."""
    found = _BOUNDARY.search(content_type[:1_000])
    if found is None:
        return None
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + (found[1] or found[2]).encode(), most + 2)
    if not parts or not parts.pop().startswith(b"--"):
        return None
    read = [_field(part) for part in parts]
    whole = [field for field in read if field is not None]
    return whole if len(whole) == len(read) <= most else None


def _field(part: bytes) -> Field | None:
    padding, line, rest = part.partition(b"\r\n")
    head, blank, value = rest.partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not line or not blank or len(head) > _HEADER_BYTES:
        return None
    headers = {name.strip().lower(): said for name, _, said in (line.partition(b":") for line in head.split(b"\r\n"))}
    disposition = headers.get(b"content-disposition", b"")
    name, file = _NAME.search(disposition), _FILE.search(disposition)
    if name is None or headers.get(b"content-transfer-encoding", b"").strip().lower() not in _PLAIN:
        return None
    return Field(name[1] or name[2], value, file is not None and bool(file[1] or file[2]))
