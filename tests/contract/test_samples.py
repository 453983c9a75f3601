"""The sample reports are as varied, and as wrong, as their README promises; expected.json tells which line is what."""

import csv
import json
import re
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "deploy" / "samples"
PACK = ROOT / "deploy" / "packs" / "kota-pasuruan"

CHANNELS = {"web", "whatsapp-bot", "sms-1708", "call-centre", "open311", "partner-app"}
FIELDS = {
    "channel",
    "external_id",
    "submitted_at",
    "class",
    "title",
    "text",
    "topic",
    "agency",
    "location",
    "occurred_on",
}
FIELDS |= {"language", "anonymous", "confidential", "reporter", "reply_to", "attachments", "attributes"}
NESTED = {
    "location": {"lat", "lng", "region_code", "address"},
    "reporter": {"name", "nik", "email", "phone", "address"},
}
E_MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")

Report = dict[str, Any]
LINES = (SAMPLES / "reports.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
NOT_NEW = {*EXPECTED["rejected"], *EXPECTED["repeated"]}
VALID: dict[int, Report] = {n: json.loads(line) for n, line in enumerate(LINES, 1) if n not in NOT_NEW}


def identity(report: Report) -> tuple[str, str]:
    return report["channel"], report["external_id"]


def share(wanted: list[bool]) -> float:
    return sum(wanted) / len(wanted)


def codes(file: str) -> set[str]:
    with (PACK / file).open(encoding="utf-8", newline="") as rows:
        return {row["code"] for row in csv.DictReader(rows)}


def has_e_mail(report: Report) -> bool:
    return "email" in report.get("reporter", {}) or any(to["kind"] == "email" for to in report.get("reply_to", []))


def test_the_counts_promised_add_up() -> None:
    counts = EXPECTED["counts"]
    assert counts["lines"] == len(LINES) == counts["valid"] + counts["rejected"] + counts["repeated"]
    assert counts["valid"] == len(VALID) >= 300
    assert counts["rejected"] == len(EXPECTED["rejected"]) == len(EXPECTED["rejected_fields"])
    assert counts["repeated"] == len(EXPECTED["repeated"]) == len(EXPECTED["repeats"])
    assert counts["conflicts"] == len(EXPECTED["conflicts"])
    assert not set(EXPECTED["rejected"]) & set(EXPECTED["repeated"])


@pytest.mark.parametrize(("line", "report"), VALID.items())
def test_a_valid_line_holds_what_the_contract_allows_and_nothing_else(line: int, report: Report) -> None:
    assert report["channel"] in CHANNELS, line
    assert 1 <= len(report["external_id"]) <= 128
    assert datetime.fromisoformat(report["submitted_at"]).utcoffset() is not None
    assert 1 <= len(report["text"].strip()) <= 10_000
    assert 1 <= len(report.get("title", "-")) <= 200
    assert report.get("class", "pengaduan") in {"pengaduan", "aspirasi", "permintaan_informasi"}
    assert report.get("language", "id") in {"id", "jv", "mad", "en"}
    assert report.keys() <= FIELDS
    for field, allowed in NESTED.items():
        assert report.get(field, {}).keys() <= allowed
    assert ("lat" in report.get("location", {})) == ("lng" in report.get("location", {}))
    assert all(to["kind"] in {"email", "sms", "whatsapp", "channel"} for to in report.get("reply_to", []))
    assert len(report.get("attachments", [])) <= 10
    assert all(a.keys() == {"url", "media_type", "size", "sha256"} for a in report.get("attachments", []))


def test_a_valid_line_brings_a_new_report_with_words_of_its_own() -> None:
    assert len({identity(report) for report in VALID.values()}) == len(VALID)
    assert len({report["text"] for report in VALID.values()}) == len(VALID)


@pytest.mark.parametrize(("line", "original"), EXPECTED["repeats"].items())
def test_a_repeated_line_says_the_same_as_its_earlier_original(line: str, original: int) -> None:
    assert original < int(line)
    assert json.loads(LINES[int(line) - 1]) == VALID[original]
    assert (LINES[int(line) - 1] != LINES[original - 1]) == (int(line) in EXPECTED["rewritten"])


@pytest.mark.parametrize(("line", "original"), EXPECTED["conflicts"].items())
def test_a_conflicting_line_has_the_identity_of_an_earlier_one_and_other_content(line: str, original: int) -> None:
    conflicting = json.loads(LINES[int(line) - 1])
    assert original < int(line)
    assert int(line) in EXPECTED["rejected"]
    assert identity(conflicting) == identity(VALID[original])
    assert conflicting != VALID[original]


def test_rejected_lines_differ_in_what_is_wrong_with_them() -> None:
    wrong = [tuple(f) for n, f in EXPECTED["rejected_fields"].items() if n not in EXPECTED["conflicts"]]
    assert {field for fields in wrong for field in fields} >= {
        *("text", "external_id", "channel", "submitted_at", "class", "title", "attachments"),
        *("location.lat", "location", "reply_to.0.kind", "anonymous"),
    }
    assert max(len(fields) for fields in wrong) > 1
    assert wrong.count(("$",)) == 2, "one line that is no JSON object, one that is no JSON"


@pytest.mark.parametrize(("line", "original"), EXPECTED["same_matter"].items())
def test_another_person_reports_the_same_matter_on_the_same_day(line: str, original: int) -> None:
    first, second = VALID[original], VALID[int(line)]
    assert EXPECTED["meant"][line] == EXPECTED["meant"][str(original)]
    assert first["submitted_at"][:10] == second["submitted_at"][:10]
    assert first["text"] != second["text"]
    assert first.get("reporter") is None or first.get("reporter") != second.get("reporter")


def test_texts_are_as_long_as_those_people_send() -> None:
    lengths = [len(report["text"]) for report in VALID.values()]
    assert 180 <= median(lengths) <= 230
    assert 0.07 <= share([length < 50 for length in lengths]) <= 0.10
    assert max(lengths) > 7_000
    assert sorted(lengths)[-2] > 1_700


def test_topics_and_agencies_named_are_those_of_the_pack() -> None:
    topics, agencies = codes("topics.csv"), codes("agencies.csv")
    assert {report["topic"] for report in VALID.values() if "topic" in report} <= topics
    assert {report["agency"] for report in VALID.values() if "agency" in report} <= agencies
    assert set(EXPECTED["meant"].values()) <= topics
    assert len(set(EXPECTED["meant"].values())) >= 60
    assert EXPECTED["meant"].keys() == {str(n) for n in VALID}
    for line in EXPECTED["contradictory_topic"]:
        assert VALID[line]["topic"] != EXPECTED["meant"][str(line)]


def test_the_mix_is_that_of_a_real_desk() -> None:
    reports = list(VALID.values())
    places = [report.get("location", {}) for report in reports]
    assert {report["channel"] for report in reports} == CHANNELS
    assert 0.40 <= share([not place for place in places]) <= 0.50
    assert 0.15 <= share(["lat" in place for place in places]) <= 0.25
    assert 0.08 <= share(["region_code" in place for place in places]) <= 0.16
    assert {"." in place["region_code"] for place in places if "region_code" in place} == {True, False}
    assert 0.75 <= share(["reporter" in report for report in reports]) <= 0.88
    assert 0.65 <= share([has_e_mail(report) for report in reports]) <= 0.78
    assert 0.06 <= share([report.get("anonymous", False) for report in reports]) <= 0.10
    assert 0.03 <= share([report.get("confidential", False) for report in reports]) <= 0.07
    assert {report.get("language", "id") for report in reports} == {"id", "jv", "mad", "en"}
    assert len(EXPECTED["outside"]) >= 15
    assert len(EXPECTED["incomplete"]) >= 20
    assert len(EXPECTED["emergency"]) >= 12
    assert len(EXPECTED["maladministration"]) >= 15


def phones(report: Report) -> list[str]:
    given = [report.get("reporter", {}).get("phone", "")]
    given += [to["address"] for to in report.get("reply_to", []) if to["kind"] in {"sms", "whatsapp"}]
    return [re.sub(r"[ -]", "", phone) for phone in given if phone]


def test_no_address_on_any_line_can_reach_a_person() -> None:
    for line in LINES:
        assert {m.group(1) for m in E_MAIL.finditer(line)} <= {"example.org", "example.com", "example.net"}
    for report in VALID.values():
        assert all(re.fullmatch(r"(?:\+62|62|0)8\d{2}0000\d{4}", phone) for phone in phones(report))
        assert re.fullmatch(r"35750[1-4]\d{6}9\d{3}", report.get("reporter", {}).get("nik", "3575010000009999"))
        assert all(a["url"].startswith("https://files.example.org/") for a in report.get("attachments", []))


def test_some_texts_hold_the_identity_that_intake_has_to_mask() -> None:
    def digits(value: str) -> str:
        return re.sub(r"\D", "", value)

    own = [(report["text"], report["reporter"]) for report in VALID.values() if "reporter" in report]
    assert sum("nik" in who and who["nik"] in digits(text) for text, who in own) >= 4
    assert sum("phone" in who and digits(who["phone"])[-11:] in digits(text) for text, who in own) >= 4
    assert any(who.get("name", "\0") in text for text, who in own)
    assert any(who.get("email", "\0") in text for text, who in own)
