"""`tanggap erase`: the reporter is forgotten, at once and for good; the case goes on."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from services.intake.identity import report_id
from shared import topics
from tests.builders import submission
from tests.integration.command import tanggap
from tests.integration.conftest import System, until
from tests.integration.given import POTHOLE


async def told(system: System, identity: UUID, count: int) -> list[dict[str, Any]]:
    """How the messages to the reporter ended, once so many did."""
    ended = [one for one in await system.outcomes(identity) if one["status"] in {"sent", "suppressed"}]
    return ended if len(ended) >= count else []


async def test_who_is_erased_is_forgotten_and_the_case_goes_on(system: System) -> None:
    address = f"{uuid4().hex}@example.org"
    report = submission(text=POTHOLE, reporter={"name": "Siti Rahmawati", "email": address})
    identity = report_id("web", report["external_id"])
    await system.publish(report)
    (first,) = await until(partial(told, system, identity, 1))
    assert first["status"] == "sent"

    code = first["tracking_code"]
    done = await tanggap(system.addresses, "erase", "--report", code, "--reason", "diminta", "--by", "uji", "--json")
    assert (done.exit_code, json.loads(done.stdout)["erased"]) == (0, True), done.output
    assert not await system.rows("select 1 from intake.vault where report_id = $1", identity)
    (kept,) = await system.rows("select agency from router.report where report_id = $1", identity)

    update = {
        "update_id": str(uuid4()),
        "report_id": str(identity),
        "agency": kept["agency"],
        "action": "acknowledge",
        "at": datetime.now(UTC).isoformat(),
    }
    await system.publish(update, topic=topics.UPDATES.name, key=str(identity).encode())
    _, second = await until(partial(told, system, identity, 2))
    assert (second["status"], second["reason"]) == ("suppressed", "no-contact")
    assert len(await system.mails_to(address)) == 1

    again = await tanggap(system.addresses, "erase", "--report", code, "--by", "lain", "--json")
    said = json.loads(again.stdout)
    assert (again.exit_code, said["erased"], said["by"], said["reason"]) == (0, False, "uji", "diminta")


async def test_a_code_that_no_report_has_is_said_to_be_none(system: System) -> None:
    for code in ("0000-0000-0000-0", "0000-0000-0000-00", "nonsense"):
        done = await tanggap(system.addresses, "erase", "--report", code, "--json")
        assert done.exit_code == 1, code
        assert json.loads(done.stdout)["error"] in {"not-a-code", "not-found"}
