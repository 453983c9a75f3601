"""The oracle on messages to people: one for each step that is told, each received once."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg

from tests.chaos.cast import Part
from tests.chaos.judgement import Judgement
from tests.chaos.reading import Effects, whole
from tests.chaos.site import Site

# The statuses of which a reporter hears, by the contract's section 5 all but the first.
_SILENT: Final = {"received"}
# Templates of deadlines: told beside the steps.
_DEADLINES: Final = {"reminder-information", "reminder-reply", "date-passed", "ombudsman"}
_ENDS: Final = {"sent", "suppressed", "permanent-failure", "technical-failure"}


@dataclass(slots=True)
class _Message:
    report_id: UUID
    kind: str
    audience: str
    sequence: int
    template: str
    outcomes: list[str] = field(default_factory=list)


async def judge(
    site: Site,
    parts: Mapping[UUID, Part],
    steps: Mapping[UUID, Sequence[str]],
    judgement: Judgement,
    repeats: Counter[str],
) -> None:
    """Compare notifications.outcomes with the steps, the mails that came, and the notifier's table."""
    found = await _outcomes(site.kafka_address, judgement, repeats)
    _planned(found, parts, steps, judgement)
    _received(site, found, parts, judgement)
    await _kept(site, found, judgement)
    ends = Counter(message.outcomes[-1] for message in found.values())
    judgement.facts |= {f"messages {status}": count for status, count in sorted(ends.items())}
    judgement.facts["mails received"] = len(site.relay.first) + site.relay.again.total()


async def _outcomes(kafka: str, judgement: Judgement, repeats: Counter[str]) -> dict[bytes, _Message]:
    effects = Effects(judgement, "notifications.outcomes")
    found: dict[bytes, _Message] = {}
    async for record in whole(kafka, "notifications.outcomes"):
        event = json.loads(record.value or b"{}")
        report_id, mine = UUID(event["report_id"]), UUID(event["notification_id"]).bytes
        if not effects.is_new(record, report_id, mine, event["attempt"], event["status"]):
            continue
        message = found.setdefault(
            mine,
            _Message(report_id, event["kind"], event["audience"], event["sequence"], event["template"]),
        )
        if message.outcomes and message.outcomes[-1] in _ENDS:
            judgement.blame("after-the-end", f"{event['notification_id']}: {event['status']}")
        message.outcomes.append(event["status"])
    repeats["notifications.outcomes"] = effects.repeats
    return found


def _planned(
    found: Mapping[bytes, _Message],
    parts: Mapping[UUID, Part],
    steps: Mapping[UUID, Sequence[str]],
    judgement: Judgement,
) -> None:
    """One message to the reporter for each step that is told."""
    told: Counter[tuple[UUID, int]] = Counter()
    for message in found.values():
        if message.audience == "reporter" and message.template not in _DEADLINES:
            told[message.report_id, message.sequence] += 1
    for report_id in parts:
        for sequence, status in enumerate(steps.get(report_id, ()), 1):
            times = told.pop((report_id, sequence), 0)
            if times == 0 and status not in _SILENT:
                judgement.blame("lost-message", f"{report_id} {sequence} {status}")
            if times > 1:
                judgement.blame("doubled-message", f"{report_id} {sequence} {status}")
    for place in told:
        judgement.blame("unasked-mail", place)


def _received(site: Site, found: Mapping[bytes, _Message], parts: Mapping[UUID, Part], judgement: Judgement) -> None:
    relay = site.relay
    for mine, message in found.items():
        if message.kind != "email":
            continue
        times, ends = relay.times(mine), Counter(message.outcomes)
        # An attempt of unknown end may have brought a mail, or none.
        least, most = ends["sent"], ends["sent"] + ends["unknown"]
        if times > most:
            judgement.blame("doubled-mail", f"{UUID(bytes=mine)}: {times} times, {message.outcomes}")
        elif times < least:
            judgement.blame("lost-mail", f"{UUID(bytes=mine)}: {message.outcomes}")
        part = parts.get(message.report_id)
        wanted = b"r%d" % part.number if part and message.audience == "reporter" else None
        if wanted and relay.first.get(mine, wanted) != wanted:
            judgement.blame("unasked-mail", f"{UUID(bytes=mine)} to {relay.first[mine]!r}")
    for mine in relay.first.keys() - found.keys():
        judgement.blame("unasked-mail", f"{UUID(bytes=mine)}")
    for recipient in relay.strange:
        judgement.blame("unasked-mail", recipient)


async def _kept(site: Site, found: Mapping[bytes, _Message], judgement: Judgement) -> None:
    """The table and the topic agree on how each message ended."""
    con = await asyncpg.connect(site.addresses["TANGGAP_DATABASE_URL"])
    try:
        rows = await con.fetch(
            """select notification_id, status from notifier.notification
                where created_at > now() - interval '100 days'"""
        )
    finally:
        await con.close()
    for row in rows:
        message = found.get(row["notification_id"].bytes)
        if message is None:
            judgement.blame("lost-message", f"{row['notification_id']} is {row['status']}, and nobody was told")
        elif message.outcomes[-1] != row["status"]:
            judgement.blame("table-disagrees", f"{row['notification_id']}: {row['status']}, {message.outcomes}")
    if len(rows) != len(found):
        judgement.blame("table-disagrees", f"{len(rows)} messages in the table, {len(found)} on the topic")
