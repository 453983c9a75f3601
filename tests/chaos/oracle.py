"""The oracle: compares what was sent with what came out. It shares no code with the services.

It knows the contract, the cast and what the crowd sent, and reads topics, tables and mails by itself.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from tests.chaos import messages, tables
from tests.chaos.cast import Cast, Part
from tests.chaos.drained import lag, waits
from tests.chaos.judgement import Judgement
from tests.chaos.ledger import Ledger
from tests.chaos.reading import Effects, header, whole
from tests.chaos.site import Site


@dataclass(slots=True)
class Said:
    """What the topics say: by number, which reports there have to be; by report, its steps."""

    parts: dict[UUID, Part] = field(default_factory=dict)  # of valid submissions
    refusals: Counter[str] = field(default_factory=Counter)  # by external id: how often it was sent wrongly
    steps: dict[UUID, list[str]] = field(default_factory=dict)
    repeats: Counter[str] = field(default_factory=Counter)  # by topic: events that were told again


async def judge(site: Site, cast: Cast, ledger: Ledger) -> Judgement:
    """Everything, at the end of a run, when all is worked off."""
    judgement, said = Judgement(), Said()
    kafka = site.kafka_address
    await _submitted(kafka, cast, ledger, said, judgement)
    await _accepted(kafka, said, judgement)
    await _refused(kafka, said, judgement)
    await _steps(kafka, said, judgement)
    await _hops(kafka, said, judgement)
    await _letters(kafka, judgement)
    await messages.judge(site, said.parts, said.steps, judgement, said.repeats)
    await tables.judge(site, said.parts, said.steps, judgement)
    await _at_rest(site, judgement)
    judgement.facts |= {
        "reports": len(said.parts),
        "submissions taken": len(ledger.numbers()),
        "refusals": sum(said.refusals.values()),
        "steps": sum(map(len, said.steps.values())),
        "lives played": len(ledger.lives),
        "events told again": sum(said.repeats.values()),
    }
    return judgement


async def _submitted(kafka: str, cast: Cast, ledger: Ledger, said: Said, judgement: Judgement) -> None:
    """What reached the topic has to become something; what was called safe has to be there."""
    there: set[int] = set()
    async for record in whole(kafka, "reports.submitted"):
        value = json.loads(record.value or b"{}")
        number = int(value["external_id"].rpartition("-")[2])
        there.add(number)
        part = cast.part(number)
        if part.valid:
            said.parts.setdefault(part.report_id, part)
        if not part.valid or (not part.door and record.value == part.other_message):
            said.refusals[part.external_id] += 1
    for number in ledger.numbers():
        if number not in there:
            judgement.blame("lost-submission", number)


async def _accepted(kafka: str, said: Said, judgement: Judgement) -> None:
    effects = Effects(judgement, "reports.accepted")
    ids: dict[str, str] = {}
    found: set[UUID] = set()
    async for record in whole(kafka, "reports.accepted"):
        event = json.loads(record.value or b"{}")
        report_id = UUID(event["report_id"])
        effects.is_new(record, report_id, "accepted")
        found.add(report_id)
        if ids.setdefault(event["external_id"], event["report_id"]) != event["report_id"]:
            judgement.blame("doubled-report", event["external_id"])
    for report_id in said.parts.keys() - found:
        judgement.blame("lost-report", said.parts[report_id].external_id)
    for report_id in found - said.parts.keys():
        judgement.blame("unasked-report", report_id)
    said.repeats["reports.accepted"] = effects.repeats


async def _refused(kafka: str, said: Said, judgement: Judgement) -> None:
    told: dict[str, set[str]] = {}
    async for record in whole(kafka, "reports.rejected"):
        told.setdefault(json.loads(record.value or b"{}")["external_id"], set()).add(header(record, "ce_id"))
    for external_id in said.refusals.keys() | told.keys():
        wanted, got = said.refusals[external_id], len(told.get(external_id, ()))
        if wanted != got:
            judgement.blame("wrong-refusals", f"{external_id}: {got} for {wanted}")


async def _steps(kafka: str, said: Said, judgement: Judgement) -> None:
    """In the order of a partition each new step follows the one before; whole lives are those that were played."""
    effects = Effects(judgement, "reports.status")
    async for record in whole(kafka, "reports.status"):
        event = json.loads(record.value or b"{}")
        report_id = UUID(event["report_id"])
        steps = said.steps.setdefault(report_id, [])
        if effects.is_new(record, report_id, event["sequence"]):
            if event["sequence"] != len(steps) + 1:
                judgement.blame("gap", f"{report_id}: {event['sequence']} after {len(steps)}")
            steps.append(event["status"])
    for report_id, part in said.parts.items():
        steps = said.steps.get(report_id, [])
        if part.life:
            sound = steps == ["received", "assigned", *(scene.leads_to for scene in part.life)]
        else:
            sound = steps in (["received", "assigned"], ["received", "at_desk"])
        if not sound:
            judgement.blame("wrong-life", f"{report_id}: {' '.join(steps)}")
    said.repeats["reports.status"] = effects.repeats


async def _hops(kafka: str, said: Said, judgement: Judgement) -> None:
    effects = Effects(judgement, "reports.routed")
    hops: Counter[UUID] = Counter()
    async for record in whole(kafka, "reports.routed"):
        event = json.loads(record.value or b"{}")
        report_id = UUID(event["report_id"])
        if effects.is_new(record, report_id, event["hop"]):
            hops[report_id] += 1
            if event["hop"] != hops[report_id]:
                judgement.blame("wrong-hops", f"{report_id}: {event['hop']} as the {hops[report_id]}.")
    for report_id, steps in said.steps.items():
        if steps.count("assigned") != hops[report_id]:
            judgement.blame("wrong-hops", f"{report_id}: {hops[report_id]} for {steps.count('assigned')}")
    said.repeats["reports.routed"] = effects.repeats


async def _letters(kafka: str, judgement: Judgement) -> None:
    """Who says something twice gets it back as often as it was too much; nothing else comes back."""
    asked: Counter[str] = Counter()
    for topic, name in (("agencies.updates", "update_id"), ("reporters.replies", "reply_id")):
        async for record in whole(kafka, topic):
            asked[json.loads(record.value or b"{}")[name]] += 1
    returned: Counter[str] = Counter()
    seen: set[str] = set()
    for service in ("intake", "router", "notifier"):
        async for record in whole(kafka, f"{service}.dead-letters"):
            identity, reason = header(record, "dead-letter-id"), header(record, "dead-letter-reason")
            value = json.loads(record.value or b"{}")
            name = value.get("update_id") or value.get("reply_id") or ""
            if reason != "repeated":
                judgement.blame("wrong-letters", f"{service}: {reason} {value}")
            elif identity not in seen:
                returned[name] += 1
            seen.add(identity)
    for name in asked:
        if returned[name] != asked[name] - 1:
            judgement.blame("wrong-letters", f"{name}: {returned[name]} for {asked[name]} of the same")
    judgement.facts["moves of agencies and reporters"] = len(asked)
    judgement.facts["dead letters, all for repeats"] = len(seen)


async def _at_rest(site: Site, judgement: Judgement) -> None:
    if left := await lag(site.kafka_address):
        judgement.blame("not-drained", f"{left} messages on topics")
    if left := await waits(site.addresses["TANGGAP_DATABASE_URL"]):
        judgement.blame("not-drained", f"{left} rows of outboxes and messages")
    status, told = await site.ask("reconcile", "--grace", "0", "--json")
    if status != 0:
        judgement.blame("not-reconciled", told[-300:])
