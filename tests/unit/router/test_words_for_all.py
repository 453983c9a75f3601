"""What agencies and officers write goes to everybody: numbers of people and e-mail addresses do not."""

import json
from typing import Any

import pytest

from services.router.case import Command
from services.router.changes import Outcome, carry_out
from services.router.commands import of_agency
from services.router.desk.orders import ACTIONS, Order, command_of
from shared.events import AgencyUpdated
from tests.unit.router.lives import MONDAY, PROOF, RULES, opened

WRITTEN = (
    "Pelapor (NIK 3575014107809001, KK 3575.0101.0112.0003) dihubungi di ０８１２-0000-1234 dan rahayu@example.org"
)
TOLD = "Pelapor (NIK [nomor identitas], KK [nomor identitas]) dihubungi di [telepon] dan [email]"


def said(action: str, **more: Any) -> Command:
    update = {"update_id": "1", "report_id": "0" * 32, "agency": "pupr", "action": action, "at": MONDAY.isoformat()}
    return of_agency(AgencyUpdated.model_validate_json(json.dumps(update | more)), opened("pupr").case, MONDAY, RULES)


def ordered(action: str, **more: Any) -> Command:
    order = Order.model_validate_json(json.dumps({"command_id": "1", **more}))
    found = command_of(order, action, opened(None).case, MONDAY, RULES)
    assert isinstance(found, Command)
    return found


@pytest.mark.parametrize("action", ["acknowledge", "answer", "complete", "not_ours", "extend", "refer"])
def test_the_note_of_an_agency_is_masked(action: str) -> None:
    assert said(action, note=WRITTEN).note == TOLD


def test_so_is_its_question() -> None:
    assert said("ask_reporter", question=WRITTEN).note == TOLD
    assert said("ask_reporter", note=WRITTEN).note == TOLD


def test_what_everybody_is_told_has_no_number_in_it() -> None:
    done = said("complete", note=WRITTEN, evidence=[one.model_dump() for one in PROOF])
    outcome = carry_out(opened("pupr"), done, RULES)
    assert isinstance(outcome, Outcome)
    assert outcome.step is not None
    assert outcome.step.note == TOLD


@pytest.mark.parametrize("action", ACTIONS)
def test_the_note_of_an_officer_is_masked(action: str) -> None:
    assert ordered(action, note=WRITTEN).note == TOLD


def test_signs_that_nobody_sees_hide_no_number_from_the_mask() -> None:
    assert ordered("ask", note="hp 0812\u200b0000\u200b1234\x00 ya").note == "hp [telepon] ya"


def test_a_code_with_a_number_of_a_person_is_none() -> None:
    for number in ("3575014107809001", "pelapor-081200001234"):
        told = said("not_ours", note="x", reason_code=number, suggested_agency=number)
        assert (told.reason_code, told.suggested_agency) == (None, None)
        assert ordered("reject", note="x", reason_code=number).reason_code is None


@pytest.mark.parametrize(
    "words",
    [
        "Tiket PLN-2026-000871, tanggal 05-11-2026 pukul 08.15-16.00",
        "SK 188/1234/2026, anggaran Rp 1.500.000.000",
        "laporan 7K3M-9QXA-2BVC-4T, aduan 0000-0000-0000-00",
        "3f2b8c1e-0d5a-4b7e-9c1d-2a6f8e4b7c90",
    ],
)
def test_dates_amounts_codes_and_references_stay(words: str) -> None:
    assert said("answer", note=words).note == words
    told = said("not_ours", reason_code="bukan-2026-kewenangan", suggested_agency="dishub")
    assert (told.reason_code, told.suggested_agency) == ("bukan-2026-kewenangan", "dishub")
