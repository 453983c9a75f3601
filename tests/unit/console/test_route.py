"""`tanggap route` as its user meets it: the day counts as in the service, and stored decisions are made again."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner, Result

from console import past
from console.route import route
from services.router.opening import begin
from services.router.packs.store import Decided
from services.router.rules import Rules
from shared.pack import load_pack, read_files
from shared.pack.archive import archived
from tests.builders import NOON, accepted

CITY = Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-tanjung-kencana"
HOLE = "Jalan rusak, aspal rusak dan berlubang, jalan ambles."
app = typer.Typer()
app.command()(route)


def ask(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def reformed(tmp_path: Path) -> Path:
    """The pack of a city whose public works went over to another agency years ago."""
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    file = folder / "agencies.csv"
    with file.open(encoding="utf-8", newline="") as held:
        rows = list(csv.DictReader(held))
    for row in rows:
        if row["code"] == "pu":
            row.update(valid_until="2020-01-01", successor="dlh")
    with file.open("w", encoding="utf-8", newline="") as held:
        writer = csv.DictWriter(held, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_who_acts_today_gets_it(reformed: Path, tmp_path: Path) -> None:
    assert json.loads(ask("--text", HOLE, "--pack", CITY, "--json").output)["agency"] == "pu"
    assert json.loads(ask("--text", HOLE, "--pack", reformed, "--json").output)["agency"] == "dlh"

    cases, out = tmp_path / "in.csv", tmp_path / "out.csv"
    cases.write_text(f'id,text\n1,"{HOLE}"\n', encoding="utf-8")
    assert ask("--csv", cases, "--out", out, "--pack", reformed).exit_code == 0
    assert out.read_text(encoding="utf-8").splitlines()[1].startswith("1,dlh,")


def stored(*changes: dict[str, Any], kept: bool = True) -> past.Stored:
    """A report with its first decision and, for each of `changes`, a further one that differs by that."""
    rules = Rules.of(load_pack(CITY))
    report = accepted(text=HOLE, received_at=NOON)
    opening = begin(report, rules, NOON)
    explained, agency = json.loads(opening.explained.model_dump_json()), opening.kept.case.agency
    document = json.loads(report.model_dump_json(by_alias=True))
    every: list[dict[str, Any]] = [{}, *changes]
    decisions = [
        Decided(UUID(int=1), "0000-0000-0000-00", document, {**explained, **change}, agency, number, 1)
        for number, change in enumerate(every, start=1)
    ]
    return past.Stored(decisions, {rules.pack.version: archived(read_files(CITY)) if kept else None}, {})


def made_again(monkeypatch: pytest.MonkeyPatch, held: past.Stored, *options: str) -> Result:
    monkeypatch.setattr(past, "_ask", lambda _work: held)
    return ask("--report", "0000-0000-0000-00", *options)


def test_each_decision_is_made_again_and_an_officers_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    held = stored({"method": "desk", "evidence": [], "alternatives": [], "tried": []})
    done = made_again(monkeypatch, held, "--json")
    first, second = map(json.loads, done.output.splitlines())
    assert done.exit_code == 0
    assert (first["number"], first["by"], first["same"], first["was"], first["now"]) == (1, "router", True, "pu", "pu")
    assert first["pack_version"] == first["decision"]["pack_version"]
    assert (second["number"], second["by"], second["was"]) == (2, "officer", "pu")
    assert "same" not in second

    said = made_again(monkeypatch, held).output.splitlines()
    assert said[0].startswith("0000-0000-0000-00, decision 1: pu by pack ")
    assert said[0].endswith("made again: the same decision")
    assert said[1] == "0000-0000-0000-00, decision 2: pu by an officer's order"


def test_what_does_not_hold_or_cannot_be_made_again_is_a_negative_result(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        {"rule": "suggestion", "result": "absent"},
        {"rule": "hops", "result": "1 of 3"},
    ]
    sent_back = {"evidence": [{"kind": "agency", "value": "pu: bukan-kami", "weight": 1.0}], "tried": said}
    done = made_again(monkeypatch, stored(sent_back), "--json")
    assert (done.exit_code, [json.loads(line)["same"] for line in done.output.splitlines()]) == (1, [True, False])

    done = made_again(monkeypatch, stored(kept=False), "--json")
    assert (done.exit_code, json.loads(done.output)["error"]) == (1, "pack-not-kept")
    done = made_again(monkeypatch, past.Stored([], {}, {}), "--json")
    assert (done.exit_code, json.loads(done.output)) == (1, {"error": "not-found"})
