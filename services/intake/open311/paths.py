"""Which resource a path names, and in which format the answer is wanted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal

from services.intake.open311.refusal import Fault, Refused, bad, unknown

Format = Literal["xml", "json"]
_FORMATS: Final[Mapping[str, Format]] = {"xml": "xml", "json": "json"}

# (resource, whether one item of it is named): the methods it knows. HEAD goes where GET does: RFC 9110, section 9.3.2.
_METHODS: Final[Mapping[tuple[str, bool], tuple[str, ...]]] = {
    ("discovery", False): ("GET", "HEAD"),
    ("services", False): ("GET", "HEAD"),
    ("services", True): ("GET", "HEAD"),
    ("requests", False): ("GET", "HEAD", "POST"),
    ("requests", True): ("GET", "HEAD"),
    ("tokens", True): ("GET", "HEAD"),
    ("servicerequestupdates", False): ("GET", "HEAD", "POST"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A resource, perhaps one item of it, and the format of the answer."""

    resource: str
    item: str | None
    format: Format


def format_of(path: str) -> Format:
    """The format of an answer, an error included; XML, which the specification requires, where none is known."""
    return _FORMATS.get(path.rpartition(".")[2], "xml")


def read_path(path: str, method: str) -> Asked:
    """The part of a path behind `/open311/v2/`.

    Raises:
        Refused: 404 for no such resource, 400 for a format that is neither xml nor json, 405 for another method.
    """
    stem, dot, extension = path.rpartition(".")
    resource, slash, item = (stem if dot else path).partition("/")
    asked = (resource, bool(slash))
    if asked not in _METHODS or (slash and not item):
        raise unknown("resource")
    if extension not in _FORMATS:
        raise bad("Format harus .xml atau .json / the format must be .xml or .json", "format", "not-in-list")
    if method not in _METHODS[asked]:
        allowed = ", ".join(_METHODS[asked])
        fault = Fault(f"{method}: hanya / only {allowed}", "method", "not-in-list")
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, fault, headers={"Allow": allowed})
    return Asked(resource, item or None, _FORMATS[extension])
