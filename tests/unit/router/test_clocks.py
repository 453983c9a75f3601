"""The clocks of a report: which run, which stand, and what moves the date that was promised."""

from dataclasses import replace
from datetime import datetime

from services.router.changes import Kept, Outcome, carry_out
from services.router.clocks import Clock, ClockEvent, Entry, enter, fold, recomputed
from tests.builders import WIB
from tests.unit.router.lives import RULES, at, command, done, opened, refused


def states(kept: Kept) -> dict[str, str]:
    return {name: clock.state for name, clock in kept.clocks.items()}


def clock(kept: Kept, name: str) -> Clock:
    return kept.clocks[name]


def test_an_agency_and_the_citizen_have_a_clock_each() -> None:
    kept = opened()
    assert states(kept) == dict.fromkeys(("penyelesaian", "tindak-lanjut", "tanggapan-awal", "ombudsman"), "running")
    assert clock(kept, "tindak-lanjut").due_at == datetime(2026, 7, 13, 16, tzinfo=WIB)
    assert kept.case.expected_at == clock(kept, "penyelesaian").due_at == datetime(2026, 7, 24, 16, 30, tzinfo=WIB)


def test_the_desk_has_a_clock_of_its_own_each_time() -> None:
    kept = opened(None)
    assert clock(kept, "verifikasi").due_at == datetime(2026, 7, 9, 16, tzinfo=WIB)
    kept = done(
        kept, command("assign", "desk", at(7)), command("not_ours", "agency", at(8), agency="dishub", destination=None)
    )
    again = clock(kept, "verifikasi")
    assert (again.run, again.state, again.started_at) == (2, "running", at(8))
    assert again.due_at == datetime(2026, 7, 13, 16, tzinfo=WIB)


def test_a_reroute_moves_the_agencys_clock_and_not_the_citizens() -> None:
    before = opened()
    kept = done(before, command("not_ours", "agency", at(9)))
    assert clock(kept, "penyelesaian") == clock(before, "penyelesaian")
    assert (clock(kept, "tindak-lanjut").run, clock(kept, "tindak-lanjut").started_at) == (2, at(9))


def test_a_question_to_the_reporter_pauses_and_the_answer_tells_how_far_the_date_moved() -> None:
    asked = done(opened(), command("ask_reporter", "agency", at(7)))
    assert states(asked) == {
        "penyelesaian": "paused",
        "tindak-lanjut": "paused",
        "tanggapan-awal": "paused",
        "ombudsman": "running",
        "melengkapi-berkas": "running",
    }
    outcome = carry_out(asked, command("answer", "reporter", at(9)), RULES)
    assert isinstance(outcome, Outcome)
    assert outcome.step
    # Paused over the closes of Tuesday and Wednesday: two working days.
    assert outcome.step.expected_at == datetime(2026, 7, 28, 16, tzinfo=WIB)
    assert outcome.step.expected_moved_because == "waited-for-reporter"
    assert outcome.step.note is None
    assert states(outcome.kept)["melengkapi-berkas"] == "stopped"


def test_waiting_for_the_reporter_is_not_counted_against_the_agency() -> None:
    kept = done(opened(), command("answer", "agency", at(8)))
    assert states(kept) == {
        "penyelesaian": "paused",
        "tindak-lanjut": "stopped",
        "tanggapan-awal": "stopped",
        "ombudsman": "paused",
        "tanggapan-pelapor": "running",
    }
    assert clock(kept, "tanggapan-pelapor").due_at == datetime(2026, 7, 22, 16, tzinfo=WIB)


def test_completion_gives_the_reporter_the_whole_time_again() -> None:
    kept = done(opened(), command("answer", "agency", at(8)), command("complete", "agency", at(10)))
    assert (clock(kept, "tanggapan-pelapor").run, clock(kept, "tanggapan-pelapor").started_at) == (2, at(10))


def test_a_closed_report_has_no_running_clock_and_no_date() -> None:
    kept = done(opened(), command("answer", "agency", at(8)), command("confirm", "reporter", at(9)))
    assert set(states(kept).values()) == {"stopped"}
    assert kept.case.expected_at is None


def test_reopening_resumes_the_citizens_clock_also_after_closing() -> None:
    closed = done(opened(), command("answer", "agency", at(8)), command("confirm", "reporter", at(9)))
    outcome = carry_out(closed, command("reopen", "reporter", at(13)), RULES)
    assert isinstance(outcome, Outcome)
    # It stood over the closes of 8, 9 and 10 July.
    assert outcome.kept.case.expected_at == datetime(2026, 7, 29, 16, tzinfo=WIB)
    assert clock(outcome.kept, "tindak-lanjut").started_at == at(13)


def test_reopening_starts_it_anew_where_the_pack_says_so() -> None:
    policy = replace(RULES.policy, reopen_clock="fresh")
    rules = replace(RULES, life=replace(RULES.life, policy=policy))
    kept = done(opened(), command("answer", "agency", at(8)))
    outcome = carry_out(kept, command("reopen", "reporter", at(13)), rules)
    assert isinstance(outcome, Outcome)
    assert clock(outcome.kept, "penyelesaian").started_at == at(13)
    assert outcome.step
    assert outcome.step.expected_moved_because == "reopened"


def test_an_extension_adds_the_fewest_working_days_and_no_more_than_the_pack_allows() -> None:
    working = done(opened(), command("acknowledge", "agency", at(7)))
    more = carry_out(working, command("extend", "agency", at(8), expected_at=at(27, 12)), RULES)
    assert isinstance(more, Outcome)
    assert str(clock(more.kept, "penyelesaian").amount) == "15wd"
    assert more.kept.case.expected_at == datetime(2026, 7, 27, 16, tzinfo=WIB)
    too_long = command("extend", "agency", at(8), expected_at=datetime(2026, 8, 20, tzinfo=WIB))
    assert refused(working, too_long) == "extension-too-long"


def test_the_events_of_a_clock_say_all_about_it() -> None:
    kept = opened()
    events: list[ClockEvent] = []
    for one in (
        command("ask_reporter", "agency", at(7)),
        command("answer", "reporter", at(9)),
        command("answer", "agency", at(10)),
        command("reopen", "reporter", at(13)),
    ):
        outcome = carry_out(kept, one, RULES)
        assert isinstance(outcome, Outcome)
        events += outcome.events
        kept = outcome.kept
    citizen = [event for event in events if event.clock == "penyelesaian"]
    assert [event.kind for event in citizen] == ["pause", "resume", "pause", "resume"]
    assert fold([*_start(), *citizen])["penyelesaian"] == clock(kept, "penyelesaian")


def _start() -> list[ClockEvent]:
    case = opened().case
    return [
        event
        for event in enter({}, RULES.plans(case.rule_id), Entry("assigned", case.since, case.since), RULES.calendar)
        if event.clock == "penyelesaian"
    ]


def test_another_calendar_recomputes_with_the_same_inputs() -> None:
    citizen = clock(opened(), "penyelesaian")
    event = recomputed(citizen, at(7), RULES.calendar)
    assert (event.kind, event.due_at, event.amount) == ("recompute", citizen.due_at, citizen.amount)
