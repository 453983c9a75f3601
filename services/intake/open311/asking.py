"""The GETs of the Open311 door."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

from services.intake.open311 import store
from services.intake.open311.answers import Report, request, update
from services.intake.open311.catalogue import definition, services
from services.intake.open311.limits import Allowance
from services.intake.open311.query import Names, read_names, read_page, read_search, read_span
from services.intake.open311.refusal import too_many, unavailable, unknown
from shared.service import Service

# A person who mistypes a code, or a client that asks for what it filed a moment ago, stays far below.
MISSES_AT_ONCE: Final = 30
MISSES_A_MINUTE: Final = 20
# Lists that are read at the same time, and how long one waits for its turn: the pool is there for reports first.
_LISTS: Final = 2
_TURN_SECONDS: Final = 5

Params = Mapping[str, str]
Rows = list[dict[str, Any]]


def misses() -> Allowance:
    """How often one address may ask for a report that is not there: guessing codes is slowed down."""
    return Allowance(MISSES_A_MINUTE, MISSES_AT_ONCE)


class Lookups:
    """Looking up reports by name, counted per address where there is nothing."""

    def __init__(self, service: Service, missed: Allowance) -> None:
        self._service = service
        self._missed = missed

    async def find(self, names: Names, address: str) -> Sequence[Report]:
        """The reports that may be shown: a confidential one by its exact tracking code alone.

        Raises:
            Refused: 429 after too many misses, 503 while the service comes up.
        """
        return await self._find(names, address, lambda report: report.tracking_code in names.codes)

    async def of_agency(self, names: Names, agency: str, address: str) -> Report:
        """The one report so named, for an agency: a confidential one for the agency that has it.

        Raises:
            Refused: 404, 429, 503.
        """
        found = await self._find(names, address, lambda report: report.agency == agency)
        if not found:
            raise unknown("service_request_id")
        return found[0]

    async def _find(self, names: Names, address: str, trusted: Callable[[Report], bool]) -> Sequence[Report]:
        clock = asyncio.get_running_loop().time
        if wait := self._missed.wait(address, clock()):
            raise too_many(wait)
        if not self._service.connected:
            raise unavailable()
        found = await store.find(self._service.pool, names)
        shown = [report for report in found if not report.confidential or trusted(report)]
        if len(shown) < len(names):
            self._missed.take(address, clock(), len(names) - len(shown))
        return shown


class Asking:
    """Answers from the pack and from the view that intake keeps."""

    def __init__(self, service: Service, lookups: Lookups) -> None:
        self._service = service
        self._lookups = lookups
        self._lists = asyncio.Semaphore(_LISTS)

    def services(self) -> Rows:
        """Every service."""
        return services(self._service.pack)

    def definition(self, code: str) -> dict[str, Any]:
        """What can be told about a service."""
        return definition(self._service.pack, code)

    async def requests(self, params: Params, address: str) -> Rows:
        """Reports by their ids, which override all else, or by filters."""
        if (csv := params.get("service_request_id")) is not None:
            return await self._named(read_names(csv), address)
        wanted = read_search(params, datetime.now(UTC), self._service.pack)
        async with self._turn():
            found = await store.search(self._service.pool, wanted)
        return [request(report, self._service.pack, to_reporter=False) for report in found]

    async def request(self, name: str, address: str) -> Rows:
        """One report, as a list of one."""
        rows = await self._named(read_names(name.replace(",", " ")), address)
        if not rows:
            raise unknown("service_request_id")
        return rows

    async def token(self, token: str, address: str) -> Rows:
        """The report of a token. POST answers with the report's id at once, so the tokens here are tracking codes."""
        found = await self._lookups.find(read_names(token.replace(",", " ")), address)
        if not found:
            raise unknown("token")
        return [{"service_request_id": str(report.report_id), "token": token} for report in found]

    async def updates(self, params: Params) -> Rows:
        """What happened to the reports that everybody may see."""
        zone = self._service.pack.calendar.zone
        start, end = read_span(params, datetime.now(UTC), zone)
        page = read_page(params)
        async with self._turn():
            steps = await store.steps(self._service.pool, start, end, page)
        return [update(step, zone) for step in steps]

    async def _named(self, names: Names, address: str) -> Rows:
        found = await self._lookups.find(names, address)
        return [
            request(report, self._service.pack, to_reporter=report.tracking_code in names.codes) for report in found
        ]

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A turn to read a list; 503 while the service comes up, or where no turn comes."""
        if not self._service.connected:
            raise unavailable()
        async with asyncio.timeout(_TURN_SECONDS), self._lists:
            yield
