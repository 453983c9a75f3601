"""Addresses at the moment of sending: opened now, kept nowhere, never logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.notifier.contacts import store
from services.notifier.contacts.offices import Offices
from services.notifier.contacts.stopping import Stops
from services.notifier.delivery import Result
from services.notifier.messages import Messages
from services.notifier.planning import Message
from shared.database import Connection, Pool
from shared.events import ReplyTo
from shared.vault import Sealed, Unreadable, Vault


class Contact(BaseModel):
    """The part of an identity that a sender needs."""

    reply_to: tuple[ReplyTo, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes; with `stop_url` its reader can ask for no more of its sort."""

    value: str
    stop_url: str | None = None


class Addressing:
    """Finds addresses: of reporters in the vault, each reading logged with its reason; of offices in their file."""

    def __init__(self, vault: Vault, offices: Offices, stops: Stops | None, messages: Messages, pool: Pool) -> None:
        self._vault = vault
        self._offices = offices
        self._stops = stops
        self._messages = messages
        self._pool = pool

    async def find(
        self, messages: Sequence[Message], con: "Connection | None" = None
    ) -> Mapping[UUID, Address | Result]:
        """Where each of `messages` goes, by its id, or why it goes nowhere; `con` where one is in hand."""
        sealed = [message for message in messages if message.audience == "reporter"]
        kept = await store.read_vault(con or self._pool, sealed) if sealed else {}
        found = {one.notification_id: self._address(one, kept.get(one.news.report_id)) for one in messages}
        return await self._without_stopped(messages, found, con or self._pool)

    async def stop(self, message: Message, now: datetime) -> None:
        """Write no more to whoever this message is for: they said so to the channel that delivers it."""
        if self._stops:
            kept = await store.read_vault(self._pool, [message])
            address = self._address(message, kept.get(message.news.report_id))
            if isinstance(address, str):
                await store.stop(self._pool, self._contact(message, address, self._stops), now)

    def _contact(self, message: Message, address: str, stops: Stops) -> bytes:
        return stops.contact(message.kind, address, message.known.channel if message.kind == "channel" else "")

    def _address(self, message: Message, kept: Sealed | None) -> str | Result:
        if message.audience != "reporter":
            office = self._offices.get(message.recipient)
            return (office and office.addresses.get(message.kind)) or Result("suppressed", "no-contact")
        if kept is None:
            return Result("suppressed", "erased")
        try:
            contact = Contact.model_validate_json(self._vault.open(message.news.report_id, kept))
        except Unreadable:
            return Result("technical-failure", "vault-unreadable")
        address = next((way.address for way in contact.reply_to if way.kind == message.kind), None)
        return address or Result("suppressed", "no-contact")

    async def _without_stopped(
        self, messages: Sequence[Message], found: Mapping[UUID, str | Result], con: "Pool | Connection"
    ) -> Mapping[UUID, Address | Result]:
        """What the law wants told goes to everybody; the rest not to whoever asked to be left alone."""
        stoppable = {one.notification_id: one for one in messages if self._stops and self._stoppable(one)}
        hashes = {
            key: self._contact(one, value, self._stops)
            for key, one in stoppable.items()
            if self._stops and isinstance(value := found[key], str)
        }
        stopped = await store.stopped(con, set(hashes.values())) if hashes else set()
        addressed: dict[UUID, Address | Result] = {}
        for key, value in found.items():
            contact = hashes.get(key)
            if isinstance(value, Result):
                addressed[key] = value
            elif contact in stopped:
                addressed[key] = Result("suppressed", "opted-out")
            else:
                addressed[key] = Address(value, self._stops.link(contact) if self._stops and contact else None)
        return addressed

    def _stoppable(self, message: Message) -> bool:
        rule = self._messages.rule_of(message.news, message.audience, message.template)
        return rule is not None and rule.stoppable
