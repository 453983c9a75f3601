"""Report ids, tracking codes and fingerprints."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.intake.identity import ALPHABET, fingerprint, read_tracking_code, report_id, tracking_code
from services.intake.validation import understand
from shared.events import ReportSubmitted
from tests.builders import submission

KEY = b"k" * 32
names = st.text(min_size=1, max_size=20)


def understood(**changes: object) -> ReportSubmitted:
    return understand(json.dumps(submission(external_id="1", **changes)).encode())


@given(names, names, names, names)
def test_a_report_id_is_a_function_of_channel_and_external_id_alone(a: str, b: str, c: str, d: str) -> None:
    assert (report_id(a, b) == report_id(c, d)) == ((a, b) == (c, d))


def test_the_id_of_a_report_never_changes() -> None:
    assert str(report_id("web", "1")) == str(report_id("web", "1"))
    assert str(report_id("web", "1")) == "fcdc58f3-5c6d-5f4a-b2b3-97f75e191a7f"


@given(names)
def test_a_code_is_read_back_as_people_type_it(external_id: str) -> None:
    code = tracking_code(KEY, report_id("web", external_id))
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), f"  {code}\n"):
        assert read_tracking_code(typed) == code


@given(names)
def test_letters_that_look_like_digits_are_taken_for_them(external_id: str) -> None:
    code = tracking_code(KEY, report_id("web", external_id))
    assert read_tracking_code(code.replace("0", "O").replace("1", "l")) == code


@given(names, st.integers(0, 13), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(external_id: str, place: int, other: str) -> None:
    code = tracking_code(KEY, report_id("web", external_id)).replace("-", "")
    typed = code[:place] + other + code[place + 1 :]
    assert (read_tracking_code(typed) is None) == (typed != code)


def test_a_code_cannot_be_computed_without_the_key() -> None:
    report = report_id("web", "1")
    assert tracking_code(KEY, report) != tracking_code(b"x" * 32, report)


def test_codes_of_many_reports_differ_and_use_the_whole_alphabet() -> None:
    codes = {tracking_code(KEY, report_id("web", str(number))) for number in range(20_000)}
    assert len(codes) == 20_000
    for place in range(13):
        assert {code.replace("-", "")[place] for code in codes} == set(ALPHABET)


def test_the_same_content_in_another_order_of_keys_is_a_repeat() -> None:
    one = submission(external_id="1", attributes={"a": "1", "b": "2"})
    other = dict(reversed(one.items())) | {"attributes": {"b": "2", "a": "1"}}
    assert fingerprint(KEY, understand(json.dumps(one).encode())) == fingerprint(
        KEY, understand(json.dumps(other, indent=2).encode())
    )


def test_what_is_absent_null_or_the_default_is_the_same_content() -> None:
    plain = fingerprint(KEY, understood())
    assert plain == fingerprint(KEY, understood(anonymous=False, topic=None, **{"class": "pengaduan"}))


def test_other_content_is_another_fingerprint() -> None:
    assert fingerprint(KEY, understood()) != fingerprint(KEY, understood(text="Lain."))
    assert fingerprint(KEY, understood()) != fingerprint(b"x" * 32, understood())


def test_a_report_sent_again_with_a_new_stamp_says_the_same() -> None:
    assert fingerprint(KEY, understood()) == fingerprint(KEY, understood(submitted_at="2026-11-24T01:00:00Z"))
