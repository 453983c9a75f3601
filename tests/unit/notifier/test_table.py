"""Who hears what, by the rows of the table; and when phones keep silent."""

from datetime import datetime, time

import pytest

from services.notifier.news import DATE_MOVED, of_deadline, of_step
from services.notifier.planning import Cause, Means, plan
from services.notifier.table import Quiet
from shared.events import DeadlineReached
from tests.builders import NOON, WIB, step
from tests.unit.notifier.letters import known, messages, news

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
        ("deadline_breached", "tindak-lanjut", None),
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
