"""The clocks of a report: which run, which stand, and what moves the date that was promised."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.router.case import Case, Command
from services.router.changes import Kept, Outcome, carry_out, tick
from services.router.clocks import Clock, ClockEvent, Entry, enter, fold, recomputed
from services.router.deadlines import due
from services.router.rules import Rules
from shared.pack.model import SlaRule
from tests.builders import WIB
from tests.unit.router.lives import MONDAY, RULES, at, command, done, opened, refused


def states(kept: Kept) -> dict[str, str]:
    return {name: clock.state for name, clock in kept.clocks.items()}


def clock(kept: Kept, name: str) -> Clock:
    return kept.clocks[name]


def test_an_agency_and_the_citizen_have_a_clock_each() -> None:
    kept = opened()
    clocks = ("penyelesaian", "tindak-lanjut", "tanggapan-awal", "ombudsman", "batas-hukum")
    assert states(kept) == dict.fromkeys(clocks, "running")
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
        "ombudsman": "paused",
        "batas-hukum": "paused",
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
        "batas-hukum": "paused",
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


def whole_life(rule_id: str, rules: Rules = RULES, when: datetime = MONDAY) -> Kept:
    """A report that is settled by a row of the pack, as an agency gets it."""
    case: Case = replace(opened().case, rule_id=rule_id, received_at=when, since=when, acted_at=when)
    entry = Entry(case.status, case.since, case.received_at)
    return tick(Kept(case, {}), enter({}, rules.plans(rule_id), entry, rules.calendar), rules)


def test_where_a_class_and_a_law_both_set_a_date_the_earlier_is_promised() -> None:
    kept = whole_life("settle-berkadar")
    assert clock(kept, "penyelesaian").due_at == datetime(2026, 9, 30, 16, tzinfo=WIB)
    assert clock(kept, "batas-hukum").due_at == kept.case.expected_at == datetime(2026, 9, 5, tzinfo=WIB)


def test_of_two_laws_for_one_clock_the_one_that_is_due_first_counts() -> None:
    stricter = replace(RULES.pack.sla_rules["perpres76-settle"], amount=45)
    kept = whole_life("settle-berkadar", with_rules({"perpres76-settle": stricter}))
    assert (clock(kept, "batas-hukum").rule_id, str(clock(kept, "batas-hukum").amount)) == ("perpres76-settle", "45cd")


def test_the_outer_limit_starts_when_the_file_is_complete_and_later_questions_only_pause_it() -> None:
    asked = done(opened(), command("ask_reporter", "agency", at(7)), command("answer", "reporter", at(9)))
    complete = clock(asked, "batas-hukum")
    assert (complete.run, complete.started_at, complete.due_at) == (2, at(9), datetime(2026, 9, 8, tzinfo=WIB))
    again = done(asked, command("ask_reporter", "agency", at(13)), command("answer", "reporter", at(15)))
    later = clock(again, "batas-hukum")
    assert (later.run, later.due_at) == (2, datetime(2026, 9, 10, tzinfo=WIB))


def test_an_extension_ends_at_the_outer_limit() -> None:
    kept = done(whole_life("settle-berkadar"), command("acknowledge", "agency", at(7)))
    past = command("extend", "agency", at(8), expected_at=datetime(2026, 9, 10, tzinfo=WIB))
    assert refused(kept, past) == "past-outer-limit"


def with_rules(changed: dict[str, SlaRule]) -> Rules:
    """The rules of the pack with some rows changed."""
    pack = replace(RULES.pack, sla_rules={**RULES.pack.sla_rules, **changed})
    return replace(RULES, routes=replace(RULES.routes, pack=pack))


def test_a_clock_goes_by_the_row_that_held_when_it_began() -> None:
    old = RULES.pack.sla_rules["sp4n-verify"]
    new = replace(old, amount=1, valid_from=date(2026, 7, 8), before=(old,))
    rules = with_rules({"sp4n-verify": new})
    ends = []
    for began in (at(7, 23, 59), at(8, 0, 0)):
        found = enter({}, rules.plans("settle-tidak-berkadar"), Entry("at_desk", began, began), rules.calendar)
        ends.append(fold(found)["verifikasi"])
    assert [str(one.amount) for one in ends] == ["3wd", "1wd"]
    # A pause does not let a clock of before the change pass under the new row.
    resumed = done_by(rules, whole_at_desk(rules, at(7)), command("ask_reporter", "desk", at(8)), at(10))
    assert str(resumed.clocks["verifikasi"].amount) == "3wd"


def whole_at_desk(rules: Rules, when: datetime) -> Kept:
    case = replace(opened(None).case, received_at=when, since=when, acted_at=when)
    found = enter({}, rules.plans(case.rule_id), Entry("at_desk", when, when), rules.calendar)
    return tick(Kept(case, {}), found, rules)


def done_by(rules: Rules, kept: Kept, one: Command, answered: datetime) -> Kept:
    for each in (one, command("answer", "reporter", answered)):
        outcome = carry_out(kept, each, rules)
        assert isinstance(outcome, Outcome), outcome
        kept = outcome.kept
    return kept


def test_a_law_that_is_not_in_force_yet_starts_no_clock() -> None:
    coming = replace(RULES.pack.sla_rules["uu25-respond"], valid_from=date(2027, 1, 1))
    kept = whole_life("settle-tidak-berkadar", with_rules({"uu25-respond": coming}))
    assert "tanggapan-awal" not in kept.clocks


@given(st.integers(0, 3 * 366 * 86_400))
def test_what_begins_within_a_day_ends_as_if_each_clock_were_computed_alone(seconds: int) -> None:
    began = datetime(2025, 1, 1, tzinfo=WIB) + timedelta(seconds=seconds)
    events = enter({}, RULES.plans("settle-berkadar"), Entry("assigned", began, began), RULES.calendar)
    assert events
    for event in events:
        alone = due(RULES.calendar, event.at, event.amount)
        assert (event.due_at, event.provisional) == (alone.due_at, alone.provisional)
