"""Answers as bytes: XML 1.0 and JSON, whatever the texts in them."""

import json
from http import HTTPStatus
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake.open311.formats import write, write_refusal
from services.intake.open311.paths import read_path
from services.intake.open311.refusal import Fault, Refused

# XML 1.0 (fifth edition), production [2] Char
CHARACTERS = [("\t", "\n"), ("\r", "\r"), ("\x20", "\ud7ff"), ("\ue000", "\ufffd"), ("\U00010000", "\U0010ffff")]


@given(st.text())
@example("a\x00b\x0bc\ufffe\uffff\ud800 <&>\"' ]]> \r\n\t")
@example("\U0001f6a7 jalan")
def test_any_text_makes_xml_that_every_parser_reads(text: str) -> None:
    root = ElementTree.fromstring(write("xml", "services", [{"service_name": text}]))  # noqa: S314 - our own answer
    read = root.findtext("service/service_name") or ""
    legal = "".join(sign for sign in text if any(first <= sign <= last for first, last in CHARACTERS))
    assert read == legal


@given(st.text())
def test_any_text_makes_json_in_utf_8(text: str) -> None:
    (row,) = json.loads(write("json", "services", [{"service_name": text}]).decode("utf-8"))
    assert row["service_name"].encode("utf-8", "ignore") == text.encode("utf-8", "ignore")


def test_lists_have_their_element_and_json_has_no_root() -> None:
    rows = [{"code": "a", "values": [{"key": "k", "name": None}], "metadata": True, "lat": -7.5}]
    assert write("xml", "services", rows).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<services><service><code>a</code><values><value><key>k</key><name></name></value></values>"
        "<metadata>true</metadata><lat>-7.5</lat></service></services>\n"
    )
    assert json.loads(write("json", "services", rows)) == rows


def test_errors_are_written_as_the_specification_says() -> None:
    refused = Refused(HTTPStatus.BAD_REQUEST, Fault("one", "lat", "missing"), Fault("two"))
    root = ElementTree.fromstring(write_refusal("xml", refused))  # noqa: S314 - our own answer
    assert root.tag == "errors"
    assert [(e.tag, e.findtext("code"), e.findtext("description")) for e in root] == [
        ("error", "400", "one"),
        ("error", "400", "two"),
    ]
    assert json.loads(write_refusal("json", refused)) == [
        {"code": 400, "description": "one", "field": "lat", "problem": "missing"},
        {"code": 400, "description": "two"},
    ]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("requests.html", "GET", 400),
        ("requests", "GET", 400),
        ("requests.XML", "GET", 400),
        ("services/a.b", "GET", 400),
        ("", "GET", 404),
        (".xml", "GET", 404),
        ("other.xml", "GET", 404),
        ("tokens.xml", "GET", 404),
        ("services/.xml", "GET", 404),
        ("discovery/x.xml", "GET", 404),
        ("services.xml", "POST", 405),
        ("requests/1.xml", "POST", 405),
        ("requests.xml", "PATCH", 405),
    ],
)
def test_a_path_that_names_nothing_is_refused(path: str, method: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        read_path(path, method)
    assert refused.value.status == status


@given(st.text(), st.sampled_from(["GET", "POST", "HEAD", "TRACE"]))
def test_any_path_is_read_or_refused(path: str, method: str) -> None:
    try:
        asked = read_path(path, method)
    except Refused:
        return
    assert asked.format in {"xml", "json"}


def test_a_code_with_a_dot_keeps_it() -> None:
    assert read_path("services/35.75.xml", "GET").item == "35.75"
