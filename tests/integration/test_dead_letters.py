"""What could not be handled waits for an operator, who sees it, sends it again or drops it; nothing happens twice."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration import command
from tests.integration.conftest import System, until


async def tanggap(system: System, *words: str) -> tuple[int, str]:
    """The command as an operator runs it: exit status, and what it printed."""
    done = await command.tanggap(system.addresses, "dead-letters", *words)
    return done.exit_code, done.output


async def waiting(system: System, reason: str) -> list[dict[str, Any]]:
    _, printed = await tanggap(system, "list", "--json", "--reason", reason)
    return [json.loads(line) for line in printed.splitlines()]


async def test_a_report_that_the_database_refused_is_sent_again_and_counts_from_when_it_came(system: System) -> None:
    report = submission(external_id=f"poison-{uuid4()}")
    identity = report_id("web", report["external_id"])
    await system.rows(
        f"alter table intake.report add constraint no_poison check (external_id <> '{report['external_id']}')"
    )
    sent = await system.publish(report, key=b"k")
    (letter,) = await until(lambda: waiting(system, "unexpected-checkviolationerror"))
    assert (letter["topic"], letter["partition"], letter["offset"]) == (sent.topic, sent.partition, sent.offset)
    assert letter["id"] == letter["letter_id"]
    assert (await tanggap(system, "show", letter["letter_id"], "--raw"))[1] == json.dumps(report)
    await system.rows("alter table intake.report drop constraint no_poison")

    assert await tanggap(system, "replay", letter["letter_id"][:8]) == (0, f"{letter['letter_id']}  replayed\n")
    (accepted,) = await until(lambda: system.events(topics.ACCEPTED.name, identity))
    received = datetime.fromisoformat(accepted["received_at"])
    assert received == datetime.fromisoformat(letter["arrived_at"])
    assert await waiting(system, "unexpected-checkviolationerror") == []

    assert await tanggap(system, "replay", letter["letter_id"]) == (0, f"{letter['letter_id']}  replayed before\n")
    copies = [
        record for record in await system.read(topics.SUBMITTED.name) if record.value == json.dumps(report).encode()
    ]
    assert len(copies) == 2


async def test_a_letter_of_which_a_stranger_says_that_it_is_a_replay_counts_from_now(system: System) -> None:
    first = await system.publish(submission(), headers=[("ce_type", b"id.tanggap.report.submitted.v9")], key=b"k")
    (letter,) = await until(lambda: waiting_at(system, first.partition, first.offset))
    forged = submission()
    sent = await system.publish(forged, headers=[("replay-of-dead-letter", letter["letter_id"].encode())], key=b"k")
    (accepted,) = await until(lambda: system.events(topics.ACCEPTED.name, report_id("web", forged["external_id"])))
    assert datetime.fromisoformat(accepted["received_at"]).timestamp() * 1000 >= sent.timestamp

    assert await tanggap(system, "drop", letter["letter_id"], "--why", "an experiment of the channel") == (
        0, f"{letter['letter_id']}  dropped\n",
    )  # fmt: skip
    status, printed = await tanggap(system, "replay", letter["letter_id"])
    assert (status, printed) == (0, f"{letter['letter_id']}  dropped before\n")
    (row,) = await system.rows("select * from intake.dead_letter where letter_id = $1::uuid", letter["letter_id"])
    assert (row["state"], row["why"]) == ("dropped", "an experiment of the channel")


async def waiting_at(system: System, partition: int, offset: int) -> list[dict[str, Any]]:
    found = await waiting(system, "unknown-type")
    return [one for one in found if (one["partition"], one["offset"]) == (partition, offset)]


async def test_a_refused_command_is_kept_and_waits_for_nobody(system: System) -> None:
    update = {"update_id": str(uuid4()), "report_id": str(uuid4()), "agency": "pupr", "action": "start",
              "at": "2026-11-23T08:00:00+07:00"}  # fmt: skip
    sent = await system.publish(update, topic=topics.UPDATES.name, key=b"k")

    async def kept() -> list[Any]:
        return await system.rows(
            """select state, reason from router.dead_letter where topic = $1 and partition = $2 and "offset" = $3""",
            sent.topic, sent.partition, sent.offset,
        )  # fmt: skip

    (row,) = await until(kept)
    assert dict(row) == {"state": "refused", "reason": "unknown-report"}
    assert await waiting(system, "unknown-report") == []


async def test_how_many_wait_and_since_when_is_a_metric(system: System) -> None:
    sent = await system.publish(b"rubbish", topic=topics.ACCEPTED.name, key=b"k")

    async def shown() -> bool:
        text = (await system.get("router", "/metrics")).text
        lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("tanggap_dead_letters"))
        since = float(lines["tanggap_dead_letters_oldest_timestamp_seconds"])
        count = float(lines.get('tanggap_dead_letters_waiting{topic="reports.accepted"}', 0))
        return count >= 1 and 0 < since <= sent.timestamp / 1000 + 1

    assert await until(shown)
    status, printed = await tanggap(system, "drop", "--all", "--reason", "malformed", "--why", "rubbish")
    assert status == 0
    assert "dropped" in printed


async def test_an_id_that_is_unknown_and_a_bad_call_are_told_apart(system: System) -> None:
    status, printed = await tanggap(system, "replay", "ffffffff-0000")
    assert (status, "no dead letter" in printed) == (1, True)
    assert (await tanggap(system, "replay"))[0] == 2
    assert (await tanggap(system, "drop"))[0] == 2
    status, printed = await tanggap(system, "drop", "ffffffff-0000")
    assert (status, "no dead letter" in printed) == (1, True)
