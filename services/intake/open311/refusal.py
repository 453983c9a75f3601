"""What the door answers where it cannot do what was asked: GeoReport v2, section Errors. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a sentence for people; `field` and the stable `problem` for programs."""

    description: str
    field: str | None = None
    problem: str | None = None


class Refused(Exception):
    """An answer that is an error.

    The specification knows 404 (jurisdiction, service or request unknown), 403 (api_key missing or wrong) and 400 (all
    else); 405, 408, 413, 429 and 503 are HTTP's own.
    """

    def __init__(self, status: HTTPStatus, *faults: Fault, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status.value}: {'; '.join(fault.description for fault in faults)}")
        self.status = status
        self.faults = faults
        self.headers = dict(headers or {})


def bad(description: str, field: str | None = None, problem: str = "bad-format") -> Refused:
    """A request that cannot be understood."""
    return Refused(HTTPStatus.BAD_REQUEST, Fault(description, field, problem))


def bad_all(faults: Sequence[Fault]) -> Refused:
    """A request with every one of these faults."""
    return Refused(HTTPStatus.BAD_REQUEST, *faults)


def unknown(what: str) -> Refused:
    """`what` is not found; said alike where it is hidden."""
    return Refused(HTTPStatus.NOT_FOUND, Fault(f"{what} tidak ditemukan / not found", what, "not-found"))


def forbidden() -> Refused:
    """The key is missing, wrong, revoked, or not one for this."""
    return Refused(HTTPStatus.FORBIDDEN, Fault("api_key tidak sah / missing or wrong api_key", "api_key", "forbidden"))


def too_many(seconds: float) -> Refused:
    """Come back after so many seconds."""
    wait = {"Retry-After": str(max(1, round(seconds + 0.5)))}
    fault = Fault("Terlalu banyak permintaan; coba lagi nanti / too many requests; try again later", None, "too-many")
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, fault, headers=wait)


def unavailable() -> Refused:
    """A dependency is away: nothing was kept, or nobody knows; the same request again is harmless with one key."""
    fault = Fault("Layanan belum siap; coba lagi / not available now; try again", None, "unavailable")
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, fault, headers={"Retry-After": "5"})
