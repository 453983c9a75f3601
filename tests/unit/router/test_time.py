"""What time does to a report: warnings, breach, escalations, ends of waiting; each once, in order, to somebody."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.router.cases.turn import Turn
from services.router.changes import Kept
from services.router.escalation import own_offices, recipients
from shared.pack.life import Step
from tests.builders import WIB, accepted
from tests.unit.router.lives import PACK, RULES, at, case_in, command, done, opened

YEAR = datetime(2027, 7, 1, tzinfo=WIB)


def turn(kept: Kept) -> Turn:
    return Turn(kept, accepted(received_at=kept.case.received_at), "0" * 32, None, 9, 1, sent_by="rule")


def lived(kept: Kept, until: datetime) -> Turn:
    """The report after everything that time does until then."""
    one = turn(kept)
    while one.pass_time(until, RULES, until):
        pass
    return one


def said(one: Turn, clock: str) -> list[tuple[str, float, int]]:
    return [(taken.step.kind, taken.step.threshold, taken.step.level) for taken in one.taken if taken.clock == clock]


def test_an_agency_that_does_nothing_is_warned_twice_and_then_the_ladder_is_climbed() -> None:
    one = lived(opened(), YEAR)
    assert said(one, "tindak-lanjut") == [
        ("warned", 0.75, 0),
        ("warned", 0.9, 0),
        ("breached", 1.0, 0),
        ("escalated", 1.0, 1),
        ("escalated", 1.0, 2),
    ]
    assert [taken.at for taken in one.taken] == sorted(taken.at for taken in one.taken)
    assert said(one, "ombudsman") == [("escalated", 1.0, 4)]
    (last,) = [taken for taken in one.taken if taken.clock == "ombudsman"]
    assert last.notify == ("reporter", "inspektorat")


def test_warnings_come_at_three_quarters_and_nine_tenths_of_the_open_time() -> None:
    warned = [taken.at for taken in lived(opened(), at(13, 15)).taken if taken.clock == "tindak-lanjut"]
    # Until Monday 13th, 16:00, there are 43 h 30 min of open time: 32:37:30 of them are over, then 39:09.
    assert warned == [at(10, 13, 7) + timedelta(seconds=30), at(13, 10, 39)]


def test_the_same_step_has_the_same_id_whoever_takes_it() -> None:
    kept = opened()
    ids = [[dict(event.headers)["ce_id"] for event in lived(kept, when).events] for when in (at(31), YEAR)]
    assert ids[0] == ids[1][: len(ids[0])]
    assert len(set(ids[1])) == len(ids[1])


def test_a_report_without_an_agency_wakes_the_desk() -> None:
    one = lived(opened(None), at(9, 17))
    assert [taken.notify for taken in one.taken] == [
        ("diskominfotik",),
        ("diskominfotik",),
        ("diskominfotik",),
        ("setda-organisasi",),
    ]
    assert {json.loads(event.value or b"")["agency"] for event in one.events} == {None}


def test_silence_after_an_answer_closes_at_the_end_of_the_reporters_time() -> None:
    one = lived(done(opened(), command("answer", "agency", at(8))), YEAR)
    assert (one.case.status, one.case.reason, one.case.since) == ("closed", "no-reply", at(22, 16))
    assert said(one, "tanggapan-pelapor") == [("warned", 0.75, 0), ("close", 1.0, 0)]
    assert not said(one, "penyelesaian")


def test_silence_after_a_question_withdraws_the_report_with_warnings_before() -> None:
    one = lived(done(opened(), command("ask_reporter", "agency", at(7))), YEAR)
    assert (one.case.status, one.case.since) == ("withdrawn", datetime(2026, 8, 7, tzinfo=WIB))
    assert [taken.step.kind for taken in one.taken if taken.clock == "melengkapi-berkas"] == [
        "warned",
        "warned",
        "withdraw",
    ]


def test_a_pause_after_a_warning_does_not_warn_again() -> None:
    warned = lived(opened(), at(10, 14))
    asked = done(warned.kept, command("ask_reporter", "agency", at(10, 15)), command("answer", "reporter", at(15, 9)))
    later = lived(asked, YEAR)
    assert said(later, "tindak-lanjut")[0] == ("warned", 0.9, 0)


@pytest.mark.parametrize(
    ("agency", "notify", "offices"),
    [
        ("puskesmas-x", ("superior",), ("inspektorat",)),
        ("damkar", ("superior",), ("bpbd",)),
        (None, ("holder",), ("diskominfotik",)),
        ("pupr", ("holder", "desk", "holder"), ("pupr", "diskominfotik")),
    ],
)
def test_a_step_that_has_nobody_goes_to_the_next(
    agency: str | None, notify: tuple[str, ...], offices: tuple[str, ...]
) -> None:
    steps = [Step("escalated", 1, None, 1, notify), Step("escalated", 1, "5wd", 2, ("inspectorate",))]
    case = replace(case_in("assigned"), agency=agency)
    assert recipients(steps, 0, case, PACK) == offices
    assert (own_offices(steps[0], case, PACK) == offices) == (agency != "puskesmas-x"), "told apart in the metrics"


def test_a_step_that_nobody_follows_goes_to_the_desk() -> None:
    steps = [Step("escalated", 1, None, 1, ("superior",))]
    assert recipients(steps, 0, case_in("assigned"), PACK) == ("diskominfotik",)
