"""What the demo says of each report on its line."""

from typing import Any

import pytest

from console.demo_rows import Row, document, line, message, put_mails, see_step

CODE = "C46C-2YCQ-RXE7-8T"
DUE = "2026-12-14T16:00:00+07:00"


def mail(identity: str, address: str, subject: str) -> dict[str, Any]:
    return {"ID": identity, "To": [{"Name": "", "Address": address}], "Subject": subject}


def row(**facts: Any) -> Row:
    known = {"code": CODE, "status": "assigned", "agency": "Dinas PU", "expected_at": DUE, "told": "email sent"}
    return Row(**known | facts)


def test_a_line_has_code_deadline_agency_and_the_subject_of_the_mail() -> None:
    said = line(row(subject=f"Laporan {CODE} diteruskan ke Dinas PU"), asleep=False)
    code, due, agency, got = (part for part in said.split("  ") if part.strip())
    assert (code, due, agency.strip()) == (CODE, "14 Dec 2026", "Dinas PU")
    assert got.strip() == f"email sent: Laporan {CODE} diteruskan ke Dinas PU"


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({}, "Dinas PU"),
        ({"status": "at_desk", "agency": ""}, "the desk"),
        ({"status": "referred", "agency": "pln"}, "referred to pln"),
        ({"status": "received", "agency": "", "expected_at": None}, "nobody yet"),
    ],
)
def test_whoever_has_it_is_named(facts: dict[str, Any], place: str) -> None:
    assert place in line(row(**facts), asleep=False)


@pytest.mark.parametrize(
    ("facts", "asleep", "said"),
    [
        ({"told": "no-contact"}, False, "no message: no-contact"),
        ({"told": ""}, False, "no message: none yet"),
        ({"told": ""}, True, "no message yet: it waits for the morning"),
        ({"told": "channel sent", "subject": "Laporan Anda"}, False, "channel sent: Laporan Anda"),
        ({"told": "", "subject": "Laporan Anda"}, True, "sent: Laporan Anda"),
        ({"told": "email sent"}, False, "email sent"),  # sent, but not in the catcher
    ],
)
def test_what_the_reporter_got_or_why_nothing(facts: dict[str, Any], asleep: bool, said: str) -> None:
    assert message(row(**facts), asleep=asleep) == said


def test_a_step_brings_state_deadline_and_place() -> None:
    one = row(status="received", agency="", expected_at=None)
    see_step(one, {"status": "at_desk", "expected_at": DUE, "agency": None, "reason": "unsure"})
    assert (one.place, one.due, one.why) == ("the desk", "14 Dec 2026", "unsure")
    see_step(one, {"status": "referred", "expected_at": None, "agency": "pln", "reason": "outside-city"})
    assert (one.place, one.due) == ("referred to pln", "14 Dec 2026")


def test_the_mail_of_the_reporter_is_put_beside_the_report_and_not_that_of_the_office() -> None:
    mails = [
        mail("2", "pu@offices.example.org", f"Tugas {CODE}"),
        mail("1", "siti@example.org", f"Laporan {CODE}"),
        mail("0", "budi@example.org", "Laporan 5K2M-8QXN-R4TE-61"),
    ]
    mine, other = row(), row(code="Z9AF-31WD-KM7P-0C")
    put_mails([mine, other], mails, "offices.example.org")
    assert (mine.subject, mine.mail) == (f"Laporan {CODE}", "1")
    assert (other.subject, other.mail) == ("", "")


def test_a_machine_is_told_the_same() -> None:
    assert document(row(subject="Laporan Anda"), asleep=False) == {
        "tracking_code": CODE,
        "status": "assigned",
        "agency": "Dinas PU",
        "expected_at": DUE,
        "message": "Laporan Anda",
        "told": "email sent",
    }
    nobody = document(row(status="at_desk", agency="", expected_at=None, told=""), asleep=True)
    assert (nobody["agency"], nobody["expected_at"], nobody["message"]) == (None, None, None)
    assert nobody["told"] == "waits for the morning"
