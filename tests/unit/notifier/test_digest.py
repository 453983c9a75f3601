"""Digests: when a window ends, and what one message says of many."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.digests.digest import MOST_SHOWN, Window, digest_of
from services.notifier.messages import Letter
from services.notifier.news import DIGEST
from services.notifier.planning import Message
from services.notifier.table import Gathering
from tests.builders import NOON, WIB
from tests.unit.notifier.letters import known, message, messages, news

MORNINGS = Gathering(frozenset({"email"}), time(7, 30))
WINDOW = Window("agency", "pupr", "email", NOON)


def open_on(day: date) -> bool:
    return day.weekday() < 5


def warned(number: int, **changes: object) -> Message:
    about = known(title=f"Laporan {number}", **{key: changes.pop(key) for key in ("confidential",) if key in changes})
    told = news(
        event="deadline_warned", report_id=UUID(int=number), tracking_code=f"{number:04}-0000-0000-00",
        clock="penyelesaian", due_at=NOON - timedelta(minutes=number), **changes,
    )  # fmt: skip
    return replace(message(news=told, known=about, audience="agency", template="agency-warning"), recipient="pupr")


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-23T07:29:59", "2026-11-23T07:30"),
        ("2026-11-23T07:30:00", "2026-11-24T07:30"),
        ("2026-11-20T16:00:00", "2026-11-23T07:30"),  # a Friday afternoon: Monday
        ("2026-11-21T03:00:00", "2026-11-23T07:30"),
    ],
)
def test_each_working_morning_tells_what_came_since_the_last(now: str, ends: str) -> None:
    at, then = (datetime.fromisoformat(text).replace(tzinfo=WIB) for text in (now, ends))
    assert MORNINGS.ends(at, open_on) == then


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - given its zone below
    st.integers(1, 1440),
)
def test_a_window_of_minutes_ends_later_and_at_most_its_length_away(at: datetime, minutes: int) -> None:
    now = at.replace(tzinfo=WIB)
    wait = Gathering(frozenset(), minutes=minutes).ends(now, open_on) - now
    assert timedelta(0) < wait <= timedelta(minutes=minutes)


def test_two_hundred_warnings_are_one_mail_the_oldest_date_first() -> None:
    digest = digest_of(WINDOW, [warned(number) for number in range(1, 201)], messages(), {}, NOON)
    assert (digest.news.event, digest.news.counted, len(digest.news.items)) == (DIGEST, 200, 200)
    dates = [item.due_at for item in digest.news.items]
    assert dates == sorted(dates)  # type: ignore[type-var]
    (rule,) = [rule for rule in messages().rules if rule.template == digest.template]
    words = messages().write(Letter(rule, "email", "id", digest.news, digest.known, "pupr"))
    assert words.subject == "200 laporan perlu perhatian Dinas Pekerjaan Umum dan Penataan Ruang"
    assert words.text.count("Batas waktu mendekat: ") == 200
    assert words.html is not None
    assert len(words.html.encode()) < 102_400  # more is cut off by large mail programs


def test_what_is_too_much_to_read_is_counted() -> None:
    digest = digest_of(WINDOW, [warned(number) for number in range(1, MOST_SHOWN + 31)], messages(), {}, NOON)
    (rule,) = [rule for rule in messages().rules if rule.template == digest.template]
    words = messages().write(Letter(rule, "email", "id", digest.news, digest.known, "pupr"))
    assert len(digest.news.items) == MOST_SHOWN
    assert "200 yang paling lama dari 230 laporan" in " ".join(words.text.split())


def test_of_two_warnings_of_one_deadline_the_newest_is_shown() -> None:
    first = warned(1)
    later = replace(first, news=first.news.model_copy(update={"event": "deadline_breached", "at": NOON + timedelta(1)}))
    digest = digest_of(WINDOW, [later, first], messages(), {}, NOON)
    assert [item.event for item in digest.news.items] == ["deadline_breached"]


def test_the_same_window_is_the_same_digest_and_another_is_another() -> None:
    one, again = (digest_of(WINDOW, told, messages(), {}, NOON) for told in ([warned(1)], [warned(2)]))
    assert one.notification_id == again.notification_id
    others = [
        replace(WINDOW, recipient="dishub"),
        replace(WINDOW, kind="whatsapp"),
        replace(WINDOW, ends=NOON + timedelta(1)),
    ]
    assert len({WINDOW.digest_id, *(other.digest_id for other in others)}) == 4


@pytest.mark.parametrize(("audience", "seen"), [("agency", True), ("supervisor", False)])
def test_a_confidential_report_has_no_title_in_a_supervisors_digest(audience: str, seen: bool) -> None:
    told = replace(warned(1, confidential=True), audience=audience)
    digest = digest_of(replace(WINDOW, audience=audience), [told], messages(), {}, NOON)
    assert (digest.news.items[0].title is not None) is seen
