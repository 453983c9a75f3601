"""Messages for channel bots: requested once by `notifications.requested`, answered on `notifications.outcomes`.

The request, its attempt and the state `sent` are one transaction: no provider is called, so nothing can be unknown.
A bot that never answers leaves a message `sent`; whoever judges that by time sets it due again, and it is requested
again under the same id with the next attempt.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from jinja2 import TemplateError

from services.notifier import store as messages_store
from services.notifier.channels import store
from services.notifier.channels.answers import Standing, verdict
from services.notifier.contacts.addressing import Address, Addressing
from services.notifier.delivery import Next, Result, after
from services.notifier.messages import Letter, Messages, Words
from services.notifier.planning import Message, outcome
from shared import kinds, log, metrics
from shared.database import Pool
from shared.envelope import Event, Record, announce, header
from shared.events import Notification, NotificationRequested
from shared.outbox import Outbox
from shared.reading import read

KIND: Final = "channel"
PROVIDER: Final = "channel"
_AT_ONCE: Final = 200
_log = log.get("notifier")


class Requests:
    """Hands messages to bots. Several instances share the work."""

    def __init__(
        self, messages: Messages, addressing: Addressing, pool: Pool, outbox: Outbox, lease: timedelta
    ) -> None:
        self._messages = messages
        self._addressing = addressing
        self._pool = pool
        self._outbox = outbox
        self._lease = lease
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Something new is due."""
        self._awake.set()

    async def request_due(self) -> None:
        """Wait for work, a second at most, and request all there is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), 1.0)
        self._awake.clear()
        while await self._request_some():
            pass

    async def _request_some(self) -> bool:
        now = datetime.now(UTC)
        async with self._pool.acquire() as con, con.transaction():
            due = await messages_store.claim(con, KIND, now, now + self._lease, _AT_ONCE)
            found = await self._addressing.find(due, con) if due else {}
            events: list[Event] = []
            settled = []
            for message in due:
                request, result = self._requested(message, found[message.notification_id], now)
                then = Next(result.status, result.reason, message.attempt, None)
                settled.append(messages_store.Settled(message, then, PROVIDER, None))
                events += [*request, _outcome(message, then, now)]
            if settled:
                await messages_store.settle(con, settled, now)
            await self._outbox.add(con, events)
        for one in settled:
            metrics.NOTIFICATIONS.labels(KIND, one.then.status).inc()
        if due:
            self._outbox.publish_soon()
        return len(due) == _AT_ONCE

    def _requested(self, message: Message, address: Address | Result, now: datetime) -> tuple[list[Event], Result]:
        if isinstance(address, Result):
            return [], address
        if not message.known.channel:
            return [], Result("technical-failure", "no-channel")
        words = self._words(message, address)
        if words is None:
            return [], Result("technical-failure", "no-words")
        said = outcome(message, "sending", None, now, PROVIDER)
        data = NotificationRequested(
            **said.model_dump(), channel=message.known.channel, handle=address.value, subject=words.subject,
            text=words.text.strip(),
        )  # fmt: skip
        cause = (message.notification_id, message.attempt)
        report = message.news.report_id
        return [announce(kinds.NOTIFICATION_REQUESTED, report, cause, data, now, message.trace)], Result("sent")

    def _words(self, message: Message, address: Address) -> Words | None:
        rule = self._messages.rule_of(message.news, message.audience, message.template)
        try:
            if rule is None:
                return None
            return self._messages.write(
                Letter(rule, KIND, message.language, message.news, message.known, None, address.stop_url)
            )
        except (TemplateError, LookupError, TypeError):
            _log.exception("message.unwritten", template=message.template, language=message.language)
            return None


class Answers:
    """The handler of `notifications.outcomes`: what bots say; our own outcomes come back here, too, and are no news."""

    def __init__(
        self, addressing: Addressing, pool: Pool, outbox: Outbox, first_retry: timedelta, wake: Callable[[], None]
    ) -> None:
        self._addressing = addressing
        self._pool = pool
        self._outbox = outbox
        self._first_retry = first_retry
        self._wake = wake
        for result in ("accepted", "repeated", "late", "unknown"):
            metrics.CHANNEL_ANSWERS.labels(result)

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Each answer changes at most one open message of a channel; any other is counted and changes nothing."""
        own = kinds.NOTIFICATION_OUTCOME.source.encode()
        foreign = [record for record in batch if header(record, "ce_source") != own]
        if not foreign:
            return
        said, letters = read(foreign, kinds.NOTIFICATION_OUTCOME, Notification, "notifier")
        now = datetime.now(UTC)
        results: list[str] = []
        answered: dict[object, store.Answered] = {}
        async with self._pool.acquire() as con, con.transaction():
            known = dict(await store.lock(con, {one.notification_id for _, one in said}))
            for _, one in said:
                message, standing = known.get(one.notification_id, (None, None))
                result = verdict(one, standing)
                results.append(result)
                if result == "accepted" and message and standing:
                    answer = store.Answered(message, self._then(one, message, now), one.provider_message_id)
                    answered[one.notification_id] = answer
                    known[one.notification_id] = (message, _turned(standing, answer))
                    if (one.status, one.reason) == ("suppressed", "opted-out"):
                        await self._addressing.stop(message, now)
            await store.settle(con, list(answered.values()), now)
            # A bot's own answer lies on the topic already; what we make of it, such as giving up, is told.
            ended = [one for one in answered.values() if one.then.reason == "gave-up"]
            await self._outbox.add(con, [*(_outcome(one.message, one.then, now) for one in ended), *letters])
        for result in results:
            metrics.CHANNEL_ANSWERS.labels(result).inc()
        for answer in answered.values():
            metrics.NOTIFICATIONS.labels(KIND, answer.then.status).inc()
        self._wake()
        if letters or ended:
            await self._outbox.flush()

    def _then(self, said: Notification, message: Message, now: datetime) -> Next:
        chance = random.random()  # noqa: S311 - jitter is no secret
        result = Result(said.status, said.reason)
        resend = message.resend and said.attempt == message.attempt
        return after(result, message.attempt, now, resend=resend, chance=chance, first=self._first_retry)


def _turned(standing: Standing, answer: store.Answered) -> Standing:
    found = answer.provider_message_id or standing.provider_message_id
    return replace(standing, status=answer.then.status, provider_message_id=found)


def _outcome(message: Message, then: Next, now: datetime) -> Event:
    data = outcome(message, then.status, then.reason, now, PROVIDER)
    cause = (message.notification_id, message.attempt, then.status)
    return announce(kinds.NOTIFICATION_OUTCOME, message.news.report_id, cause, data, now, message.trace)
