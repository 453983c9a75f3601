"""The body of a POST: fields, or the reason why it has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.open311.form import Form, attributes, read_form, read_pairs, single
from services.intake.open311.refusal import Fault, Refused

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "multipart/form-data; boundary=x"


def part(disposition: str, value: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + value + b"\r\n"


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        (FORM, b"a=1&b=%C3%A9+x", {"a": "1", "b": "é x"}),
        (f"{FORM}; charset=utf-8", b"a=1", {"a": "1"}),
        ("", b"a=1", {"a": "1"}),
        (FORM, b"a=&b=%20", {}),
        (FORM, b"a=1&a=1", {"a": "1"}),
        (FORM, b"attribute[x][]=1&attribute[x][]=2", {"attribute[x]": "1;2"}),
        (FORM, b"", {}),
        (BOUNDARY, part('name="a"', "é\r\nx".encode()) + b"--x--\r\n", {"a": "é\r\nx"}),
        (BOUNDARY, part('name="media"; filename=""', b"") + b"--x--\r\n", {}),
    ],
)
def test_fields_are_read(kind: str, body: bytes, fields: dict[str, str]) -> None:
    assert read_form(kind, body) == fields


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        (FORM, b"a=%FF", "not-utf-8"),
        (FORM, b"\xff=1", "not-utf-8"),
        (FORM, b"a=1&a=2", "given-twice"),
        (FORM, b"&".join(b"a%d=1" % number for number in range(300)), "too-many"),
        ("application/json", b"{}", "not-in-list"),
        (BOUNDARY, b"nothing", "bad-format"),
        ("multipart/form-data", b"--x\r\n", "bad-format"),
        (BOUNDARY, part('name="media"; filename="foto.jpg"', b"jpeg") + b"--x--\r\n", "no-files"),
        (BOUNDARY, part('name="a"', b"\xff") + b"--x--\r\n", "not-utf-8"),
        (BOUNDARY, part("nameless", b"1") + b"--x--\r\n", "bad-format"),
        (BOUNDARY, part('name="a"', b"cut o"), "bad-format"),
        (BOUNDARY, part('name="a"', b"1") * 300 + b"--x--\r\n", "bad-format"),
        (BOUNDARY, part('name="a"\r\nContent-Transfer-Encoding: base64', b"YQ==") + b"--x--\r\n", "bad-format"),
        (BOUNDARY, b"--xy\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n", "bad-format"),
    ],
)
def test_a_body_that_is_no_form_is_refused(kind: str, body: bytes, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        read_form(kind, body)
    assert [fault.problem for fault in refused.value.faults] == [problem]


LONG = 60_000
HOSTILE = [
    # Parts within parts, by the thousand.
    (BOUNDARY, b"".join(b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" for _ in range(3_000))),
    (BOUNDARY, b"--x\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 6_000 + b"--x--\r\n"),
    # Codecs that answer with errors of their own.
    ("multipart/form-data; boundary*=idna''x%ff", part('name="a"', b"1") + b"--x--\r\n"),
    (BOUNDARY, part(f"name=a; filename*=idna''{'a' * LONG}", b"1") + b"--x--\r\n"),
    (BOUNDARY, part("name*=punycode''%C3a9", b"1") + b"--x--\r\n"),
    # What costs the square of its length where it is looked at again and again.
    (BOUNDARY, part(f'name="{"a;" * LONG}"', b"1") + b"--x--\r\n"),
    (BOUNDARY, part('a=";' * LONG, b"1") + b"--x--\r\n"),
    (BOUNDARY, part(';name="' * LONG, b"1") + b"--x--\r\n"),
    (BOUNDARY, b"--x\r\n" * 2 * LONG),
    ("multipart/form-data" + '; boundary="' * LONG, b"--x--\r\n"),
]


@pytest.mark.parametrize(("kind", "body"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(Refused):  # at once: one of them took the e-mail parser a minute
        read_form(kind, body)


def read_or_reasons(kind: str, body: bytes) -> tuple[Form, tuple[Fault, ...]]:
    try:
        return read_form(kind, body), ()
    except Refused as refused:
        return {}, refused.faults


KINDS = st.sampled_from([FORM, BOUNDARY, "multipart/form-data; boundary=", 'multipart/form-data; boundary="'])


@given(KINDS, st.binary())
def test_any_body_is_read_or_refused(kind: str, body: bytes) -> None:
    form, faults = read_or_reasons(kind, body)
    assert all(value.strip() for value in form.values())
    assert not (form and faults)


@given(st.binary())
def test_any_multipart_body_is_read_or_refused(body: bytes) -> None:
    form, faults = read_or_reasons(BOUNDARY, b"--x\r\nContent-Disposition: form-data; name" + body + b"\r\n--x--\r\n")
    assert not (form and faults)


def test_attributes_are_told_by_their_code() -> None:
    assert attributes(single(read_pairs(b"attribute[a]=1&attribute[]=2&attribute=3&xattribute[b]=4"))) == {"a": "1"}
