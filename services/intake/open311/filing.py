"""The POSTs of the Open311 door: what is answered with success is on its topic."""

import asyncio
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic_core import to_json

from services.intake import store
from services.intake.acceptance import Acceptor
from services.intake.notes import LeftOut
from services.intake.open311.answers import filed
from services.intake.open311.asking import Lookups
from services.intake.open311.form import Form
from services.intake.open311.keyring import Keyring
from services.intake.open311.keys import Client
from services.intake.open311.limits import Allowance
from services.intake.open311.refusal import forbidden, too_many, unavailable
from services.intake.open311.repeats import Repeats
from services.intake.open311.sending import Sending
from services.intake.open311.submission import external_id, not_a_report, submission, understood
from services.intake.open311.updates import agency_updated, named
from services.intake.problems import problem
from services.intake.validation import NotAReport
from shared import kinds
from shared.database import soon
from shared.envelope import announce
from shared.service import Service

_SECONDS_TO_SAY: Final = 0.5  # for the database; behind that intake says it, on its topic


class Filing:
    """Takes reports and agencies' updates, publishes them, and writes nothing else."""

    def __init__(self, service: Service, acceptor: Acceptor, lookups: Lookups, missed: Allowance) -> None:
        self._service = service
        self._acceptor = acceptor
        self._lookups = lookups
        self._missed = missed
        self._keyring = Keyring()
        self._allowances: dict[str, Allowance] = {}
        self._sending = Sending(lambda: service.publisher)
        self._repeats = Repeats()

    async def client(self, form: Form, address: str) -> Client:
        """Who posts this.

        Raises:
            Refused: 403 without a valid key, 429 beyond what the key allows, 503 while the service comes up.
        """
        now = asyncio.get_running_loop().time()
        if not self._service.connected:
            raise unavailable()
        client = await self._keyring.client(form["api_key"], self._service.pool) if "api_key" in form else None
        if client is None:
            # Who has a key is not kept waiting by others of the same address who try some.
            if wait := self._missed.wait(address, now):
                raise too_many(wait)
            self._missed.take(address, now)
            raise forbidden()
        rate = client.per_minute
        allowance = self._allowances.setdefault(f"{client.name}/{rate}", Allowance(rate, rate))
        if wait := allowance.wait(client.name, now):
            raise too_many(wait)
        allowance.take(client.name, now)
        return client

    async def report(self, form: Form, client: Client, idempotency_key: str | None) -> list[dict[str, Any]]:
        """Publish a report; return when Kafka has it. The same key and content again: the same answer.

        Raises:
            Refused: 400 where it is no report, 403, 404 for an unknown service, 503 while the broker is away.
        """
        if client.channel is None:
            raise forbidden()
        pack = self._service.pack
        fresh = str(uuid4())
        own_id = external_id(idempotency_key, form, lambda: fresh)
        now = datetime.now(pack.calendar.zone)
        given = submission(form, client.channel, own_id, now, pack)
        submitted, left_out = understood(given)
        # What intake will say of it, for the answer; it says so itself when it comes from Kafka.
        new = self._acceptor.accept(submitted, now, tuple(LeftOut(item.field, item.code) for item in left_out))
        accepted, value = new.report, given.value
        if own_id != fresh:
            first = await self._first_sent(accepted.report_id, new.fingerprint, now.replace(microsecond=0))
            value = {**value, "submitted_at": first.isoformat()}
        trace = accepted.report_id.hex
        cause = (submitted.channel, submitted.external_id)
        event = announce(kinds.REPORT_SUBMITTED, accepted.report_id, cause, submitted, now, trace)
        # As it was given, so that intake itself finds what is to be left out, and notes it.
        await self._sending.publish(event._replace(value=to_json(value)))
        return [filed(accepted, form.get("account_id"), pack)]

    async def _first_sent(self, report_id: UUID, said: bytes, now: datetime) -> datetime:
        """When the report was first sent, so that what is sent again says the same; refused where it says otherwise."""
        pool = self._service.pool
        kept = await soon(store.fingerprints(pool, [report_id]), _SECONDS_TO_SAY)
        # The database first: what it refuses must not be remembered as the report.
        first = self._repeats.first_sent(report_id, said, now) if (kept or {}).get(report_id, said) == said else None
        if first is None:
            raise not_a_report(NotAReport((problem("conflict", "external_id"),)))
        return first

    async def update(self, form: Form, client: Client, address: str) -> list[dict[str, Any]]:
        """Publish what an agency did; return when Kafka has it. Whether its report allows it, the router decides.

        Raises:
            Refused: 400, 403 for a client that is no agency, 404 for an unknown report, 503 while the broker is away.
        """
        if client.agency is None:
            raise forbidden()
        names = named(form)
        report = await self._lookups.of_agency(names, client.agency, address)
        said = agency_updated(
            form,
            client.agency,
            report.report_id,
            report.tracking_code,
            completion_needs_evidence=self._service.pack.life.policy.completion_needs_evidence,
        )
        cause = (said.agency, said.update_id)
        at = datetime.now(UTC)
        await self._sending.publish(
            announce(kinds.AGENCY_UPDATED, report.report_id, cause, said, at, report.report_id.hex)
        )
        return [{"update_id": said.update_id, "account_id": form.get("account_id")}]
