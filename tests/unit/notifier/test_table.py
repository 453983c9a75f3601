"""Who hears what, by the rows of the table; and when phones keep silent."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from services.notifier.news import DATE_MOVED, Past, of_deadline, of_step, reminded
from services.notifier.planning import Cause, Means, plan
from services.notifier.table import Quiet
from shared.events import DeadlineReached
from tests.builders import NOON, WIB, step
from tests.unit.notifier.letters import known, letter, messages, news

MEANS = Means({"email": False, "sms": True, "whatsapp": False, "channel": True})


def cause(**changes: object) -> Cause:
    whole: dict[str, object] = {
        "news": news(), "known": known(), "reply_kinds": ("email", "sms"), "trace": "1", "received_at": None,
    }  # fmt: skip
    return Cause(**(whole | changes))  # type: ignore[arg-type] # each by its own name


def test_the_special_row_stands_over_the_general_one() -> None:
    for emergency, template in ((True, "emergency"), (False, "assigned")):
        (message,) = plan(cause(known=known(emergency=emergency)), messages(), MEANS, NOON)
        assert message.template == template


@pytest.mark.parametrize(
    ("given", "sent", "kind", "why"),
    [
        (("email", "sms"), MEANS.kinds, "email", None),
        (("sms", "channel"), MEANS.kinds, "sms", None),
        (("sms",), {"email": False}, "none", "kind-not-configured"),
        ((), MEANS.kinds, "none", "no-contact"),
    ],
)
def test_the_best_kind_that_reaches_the_reporter(
    given: tuple[str, ...], sent: dict[str, bool], kind: str, why: str | None
) -> None:
    (message,) = plan(cause(reply_kinds=given), messages(), Means(sent), NOON)
    assert (message.kind, message.suppressed) == (kind, why)


@pytest.mark.parametrize(
    ("emergency", "kind", "resend"), [(False, "email", False), (False, "sms", True), (True, "email", True)]
)
def test_what_nobody_knows_is_sent_again_where_it_does_no_harm_or_silence_would(
    emergency: bool, kind: str, resend: bool
) -> None:
    (message,) = plan(cause(known=known(emergency=emergency), reply_kinds=(kind,)), messages(), MEANS, NOON)
    assert message.resend is resend


def test_a_message_is_the_same_however_often_its_event_comes() -> None:
    (one,), (other,) = (plan(cause(), messages(), MEANS, at) for at in (NOON, NOON.replace(hour=13)))
    assert one.notification_id == other.notification_id
    (later,) = plan(cause(news=news(sequence=3, cause="3")), messages(), MEANS, NOON)
    assert later.notification_id != one.notification_id


@pytest.mark.parametrize(("asked", "written"), [("jv", "jv"), ("mad", "mad"), ("en", "en"), ("", "id")])
def test_each_is_written_to_in_their_language(asked: str, written: str) -> None:
    (message,) = plan(cause(known=known(language=asked)), messages(), MEANS, NOON)
    assert message.language == written


def test_a_step_that_only_moves_the_date_is_news_of_the_date() -> None:
    moved = of_step(step(status="in_progress", previous="in_progress", expected_moved_because="extension"))
    assert moved.event == DATE_MOVED
    on = of_step(step(status="in_progress", previous="assigned", expected_moved_because="extension"))
    assert on.event == "in_progress"


BEFORE = [Past(2, "dishub", NOON)]


@pytest.mark.parametrize(
    ("template", "past", "changes"),
    [
        ("assigned", [], {"status": "assigned", "previous": "received"}),
        ("assigned", [Past(2, None, NOON)], {"status": "assigned", "previous": "at_desk"}),
        ("moved-on", BEFORE, {"status": "assigned", "previous": "assigned", "reason": "not-ours"}),
        ("moved-on", BEFORE, {"status": "assigned", "previous": "at_desk", "reason": "assigned-by-desk"}),
        ("back-at-desk", BEFORE, {"status": "at_desk", "previous": "in_progress", "agency": None}),
        ("at-desk", [], {"status": "at_desk", "previous": "received", "agency": None}),
        ("information-received", [], {"status": "at_desk", "previous": "needs_information", "agency": None}),
        ("information-received", BEFORE, {"status": "in_progress", "previous": "needs_information"}),
        ("acknowledged", BEFORE, {"status": "in_progress", "previous": "assigned", "reason": "acknowledged"}),
        ("in-progress", BEFORE, {"status": "in_progress", "previous": "in_progress", "reason": "started"}),
        ("in-progress", BEFORE, {"status": "in_progress", "previous": "assigned", "reason": "started"}),
        ("date-extended", BEFORE, {"status": "in_progress", "previous": "in_progress", "moved": "extended"}),
        ("date-calendar", BEFORE, {"status": "assigned", "previous": "assigned", "moved": "calendar-changed"}),
        ("date-moved", BEFORE, {"status": "assigned", "previous": "assigned", "moved": "something-new"}),
    ],
)
def test_a_step_is_told_by_its_reason_and_not_as_the_same_news_again(
    template: str, past: list[Past], changes: dict[str, Any]
) -> None:
    told = of_step(step(sequence=3, expected_moved_because=changes.pop("moved", None), **changes))
    (newly,) = reminded([told], {told.report_id: past})
    (message,) = plan(cause(news=newly), messages(), MEANS, NOON)
    assert message.template == template


def test_the_same_is_remembered_whether_steps_come_together_or_one_after_the_other() -> None:
    steps = [
        of_step(step(sequence=number, agency=agency, expected_at=NOON.replace(day=number)))
        for number, agency in ((2, "pupr"), (3, None), (4, "dishub"))
    ]
    together = reminded(steps, {})
    past = [Past(one.sequence, one.agency, one.expected_at) for one in steps]
    alone = [reminded([one], {one.report_id: past})[0] for one in steps]
    assert together == alone
    assert [one.agency_before for one in together] == [None, "pupr", "pupr"]
    assert together[2].expected_before == NOON.replace(day=3)


@pytest.mark.parametrize("language", ["id", "en", "jv", "mad"])
@pytest.mark.parametrize("because", ["extended", "calendar-changed", "waited-for-reporter"])
def test_a_moved_date_is_told_from_and_to(language: str, because: str) -> None:
    moved = of_step(step(sequence=3, status="in_progress", previous="in_progress", expected_moved_because=because))
    (newly,) = reminded([moved], {moved.report_id: [Past(2, "pupr", NOON.replace(month=5, day=4))]})
    one = letter("date_moved", language=language, **newly.model_dump(include={"moved", "expected_before"}))
    words = messages().write(one).text
    moment = messages().languages[language].moment_in(WIB)
    assert moment(NOON.replace(month=5, day=4)) in " ".join(words.split())
    assert moment(NOON) in " ".join(words.split())


@pytest.mark.parametrize("language", ["id", "en", "jv", "mad"])
def test_what_is_due_at_the_end_of_a_day_is_told_as_due_on_that_day(language: str) -> None:
    moment = messages().languages[language].moment_in(WIB)
    midnight = datetime(2027, 1, 29, tzinfo=WIB)
    evening = moment(midnight - timedelta(hours=1))
    assert moment(midnight) == evening.replace("23", "24")
    assert "28" in evening


def reached(**changes: object) -> DeadlineReached:
    whole = {
        "report_id": news().report_id, "tracking_code": "0000-0000-0000-00", "clock": "penyelesaian",
        "threshold": 1.0, "level": 0, "notify": ("pupr",), "due_at": NOON, "agency": "pupr", "at": NOON,
    }  # fmt: skip
    return DeadlineReached.model_validate(whole | changes)


@pytest.mark.parametrize(
    ("event", "clock", "template"),
    [
        ("deadline_breached", "penyelesaian", "date-passed"),
        ("deadline_breached", "tindak-lanjut", "agency-silent"),
        ("deadline_breached", "tanggapan-awal", None),
        ("deadline_escalated", "ombudsman", "ombudsman"),
        ("deadline_escalated", "penyelesaian", None),
        ("deadline_warned", "melengkapi-berkas", "reminder-information"),
        ("deadline_warned", "tanggapan-pelapor", "reminder-reply"),
        ("deadline_warned", "penyelesaian", None),
    ],
)
def test_of_the_deadlines_the_reporter_hears_what_is_theirs(event: str, clock: str, template: str | None) -> None:
    planned = plan(cause(news=of_deadline(event, reached(clock=clock), 3)), messages(), MEANS, NOON)
    assert [message.template for message in planned] == ([template] if template else [])


def test_two_warnings_of_one_clock_are_two_messages() -> None:
    warned = [of_deadline("deadline_warned", reached(clock="melengkapi-berkas", threshold=t), 3) for t in (0.75, 0.9)]
    first, second = (plan(cause(news=one), messages(), MEANS, NOON)[0] for one in warned)
    assert first.notification_id != second.notification_id


NIGHT = Quiet(time(21), time(6), frozenset({"sms"}))


@pytest.mark.parametrize(
    ("kind", "now", "earliest"),
    [
        ("sms", "2026-11-23T20:59:59", "2026-11-23T20:59:59"),
        ("sms", "2026-11-23T21:00:00", "2026-11-24T06:00:00"),
        ("sms", "2026-11-24T05:59:59", "2026-11-24T06:00:00"),
        ("sms", "2026-11-24T06:00:00", "2026-11-24T06:00:00"),
        ("sms", "2026-12-31T23:00:00", "2027-01-01T06:00:00"),
        ("email", "2026-11-23T23:00:00", "2026-11-23T23:00:00"),
    ],
)
def test_phones_do_not_ring_at_night(kind: str, now: str, earliest: str) -> None:
    at, then = (datetime.fromisoformat(text).replace(tzinfo=WIB) for text in (now, earliest))
    assert NIGHT.earliest(kind, at) == then


def test_an_emergency_rings_at_night_and_other_news_wait() -> None:
    midnight = NOON.replace(hour=0)
    for emergency, due in ((True, midnight), (False, midnight.replace(hour=6))):
        (message,) = plan(cause(known=known(emergency=emergency), reply_kinds=("sms",)), messages(), MEANS, midnight)
        assert message.due == due
