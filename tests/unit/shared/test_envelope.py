"""Contract section 3: the envelope, and ids that are functions of their cause."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import kinds
from shared.envelope import Event, Headers, announce, header, id_of, trace_of, traceparent
from shared.events import ReportRejected

REPORT = UUID("b3f0c2de-5a41-5c0e-9f53-0e1f2a7c4d11")
AT = datetime(2026, 3, 2, 8, 15, 4, tzinfo=timezone(timedelta(hours=7)))
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
W3C = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
NOTHING = ReportRejected(channel=None, external_id=None, problems=())

# Only the last part of a cause may come from outside; the parts before it hold no unit separator.
parts = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"))
causes = st.lists(parts | st.integers() | st.uuids(), min_size=1, max_size=4).map(tuple)


@dataclass
class Message:
    """A message as a consumer hands it over."""

    headers: Headers = ()
    topic: str = "reports.submitted"
    partition: int = 0
    offset: int = 0
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = field(default=b"{}")


def publish(*cause: object, at: datetime = AT) -> Event:
    return announce(kinds.REPORT_REJECTED, REPORT, cause, NOTHING, at, TRACE)


def headers(event: Event) -> dict[str, str]:
    return {name: value.decode() for name, value in event.headers}


@given(causes)
def test_the_same_cause_gives_the_same_id(cause: tuple[object, ...]) -> None:
    assert id_of(*cause) == id_of(*cause)
    assert headers(publish(*cause))["ce_id"] == headers(publish(*cause))["ce_id"]


def test_an_id_is_the_same_on_every_machine_and_for_ever() -> None:
    assert id_of("report", "web", "2026-000123") == UUID("16e5d922-8e64-56d5-b129-e76748902596")


@given(causes, causes)
def test_different_causes_give_different_ids(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    differ = [str(part) for part in one] != [str(part) for part in other]
    assert (id_of(*one) != id_of(*other)) is differ


@given(parts, st.text(), st.text())
def test_the_last_part_of_a_cause_may_be_anything(channel: str, one: str, other: str) -> None:
    assert (id_of("report", channel, one) != id_of("report", channel, other)) is (one != other)


def test_two_kinds_of_event_from_one_cause_have_two_ids() -> None:
    ids = {announce(kind, REPORT, ("cause",), NOTHING, AT, TRACE).headers[1][1] for kind in kinds.ALL}
    assert len(ids) == len(kinds.ALL)


def test_the_same_event_published_again_is_the_same_message() -> None:
    assert publish("cause") == publish("cause")


def test_an_event_carries_the_headers_of_the_contract() -> None:
    said = headers(publish("cause"))
    assert said == {
        "ce_specversion": "1.0",
        "ce_id": str(id_of("id.tanggap.report.rejected.v1", "cause")),
        "ce_type": "id.tanggap.report.rejected.v1",
        "ce_source": "/intake",
        "ce_subject": str(REPORT),
        "ce_time": "2026-03-02T08:15:04+07:00",
        "content-type": "application/json",
        "traceparent": said["traceparent"],
    }


def test_the_key_is_the_report_id_and_the_value_the_json_data_alone() -> None:
    event = publish("cause")
    assert event.topic == "reports.rejected"
    assert event.key == str(REPORT).encode()
    assert json.loads(event.value or b"") == {"channel": None, "external_id": None, "problems": []}


@given(st.uuids(version=5), causes)
def test_traceparent_is_valid_trace_context(report_id: UUID, cause: tuple[object, ...]) -> None:
    event = announce(kinds.REPORT_REJECTED, report_id, cause, NOTHING, AT, report_id.hex)
    said = headers(event)["traceparent"]
    assert W3C.fullmatch(said)
    assert said.split("-")[1] == report_id.hex


@given(st.integers(-12 * 60, 14 * 60), st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_the_time_of_an_event_is_the_same_instant_with_an_offset(minutes: int, wall: datetime) -> None:
    at = wall.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    said = datetime.fromisoformat(headers(publish("cause", at=at))["ce_time"])
    assert said.utcoffset() == timedelta(minutes=minutes)
    assert said.astimezone(UTC) == at.astimezone(UTC)


def test_the_span_is_a_function_of_the_event() -> None:
    assert traceparent(TRACE, b"one") == traceparent(TRACE, b"one")
    assert traceparent(TRACE, b"one") != traceparent(TRACE, b"other")


def test_the_trace_of_a_channel_is_kept() -> None:
    message = Message(headers=[("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())])
    assert trace_of(message, REPORT) == TRACE


@pytest.mark.parametrize(
    ("why", "value"),
    [
        ("all zero", f"00-{'0' * 32}-00f067aa0ba902b7-01"),
        ("upper case", f"00-{TRACE.upper()}-00f067aa0ba902b7-01"),
        ("too short", f"00-{TRACE[1:]}-00f067aa0ba902b7-01"),
        ("the forbidden version", f"ff-{TRACE}-00f067aa0ba902b7-01"),
        ("nothing", ""),
        ("no trace at all", "hello"),
    ],
)
def test_a_trace_that_is_none_is_replaced_by_the_report_s_own(why: str, value: str) -> None:
    message = Message(headers=[("traceparent", value.encode())])
    assert trace_of(message, REPORT) == REPORT.hex, why


def test_a_plain_message_without_headers_gets_the_report_s_trace() -> None:
    assert trace_of(Message(), REPORT) == REPORT.hex


def test_a_header_is_found_by_its_exact_name_and_the_first_counts() -> None:
    message = Message(headers=[("CE_TYPE", b"shouted"), ("ce_type", b"first"), ("ce_type", b"second")])
    assert header(message, "ce_type") == b"first"
    assert header(message, "ce_source") is None
