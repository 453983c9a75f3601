"""`tanggap due` as its user meets it: arguments in, text or JSON and an exit status out."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from console.due import due

CALENDAR = """
zone = "Asia/Jakarta"
version = "T-1"
[week]
mon = ["08:00-12:00", "13:00-16:00"]
tue = ["08:00-12:00", "13:00-16:00"]
wed = ["08:00-12:00", "13:00-16:00"]
thu = ["08:00-12:00", "13:00-16:00"]
fri = ["08:00-11:00", "13:00-16:00"]
[[closed]]
date = 2026-08-17
name = "Hari Kemerdekaan"
decree = "SKB 9"
"""
START = "2026-08-11T09:00+07:00"
app = typer.Typer()
app.command()(due)


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    path = tmp_path / "calendar.toml"
    path.write_text(CALENDAR)
    return path


def ask(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


def test_json_has_the_date_the_inputs_and_the_account(calendar: Path) -> None:
    result = ask("--start", "2026-08-14T15:00:00+07:00", "--amount", "2h", "--calendar", calendar, "--json")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    answer = json.loads(result.stdout)
    assert answer["due_at"] == "2026-08-18T09:00:00+07:00"
    assert (answer["amount"], answer["calendar_version"]) == ("2h", "T-1")
    assert answer["ledger"] == [
        {
            "date": "2026-08-14",
            "from": "2026-08-14T15:00:00+07:00",
            "to": "2026-08-14T16:00:00+07:00",
            "counted_seconds": 3600,
        },
        {
            "date": "2026-08-18",
            "from": "2026-08-18T08:00:00+07:00",
            "to": "2026-08-18T09:00:00+07:00",
            "counted_seconds": 3600,
        },
    ]
    assert [day["reason"] for day in answer["skipped"]] == ["no-hours", "no-hours", "closed-day"]


def test_a_start_in_another_zone_is_the_same_instant(calendar: Path) -> None:
    dues = [
        json.loads(ask("--start", start, "--amount", "1h", "--calendar", calendar, "--json").stdout)["due_at"]
        for start in ("2026-08-14T17:30Z", "2026-08-15T00:30+07:00", "2026-08-14T13:30:00-04:00")
    ]
    assert dues == ["2026-08-18T09:00:00+07:00"] * 3


@pytest.mark.parametrize("repeated", [["--pause"], []], ids=["the option again", "the values in a row"])
def test_pauses_may_be_given_as_often_as_needed(calendar: Path, repeated: list[str]) -> None:
    first, second = "2026-08-11T10:00+07:00/2026-08-11T11:00+07:00", "2026-08-11T03:30Z/2026-08-11T04:30Z"
    pauses = ["--pause", first, *repeated, second]
    result = ask("--start", "2026-08-11T09:00+07:00", "--amount", "4h", *pauses, "--calendar", calendar, "--json")
    assert json.loads(result.stdout)["due_at"] == "2026-08-11T15:30:00+07:00"


def test_people_get_weekdays_and_the_reason_of_each_gap(calendar: Path) -> None:
    shown = ask("--start", "2026-08-14T10:00+07:00", "--amount", "3wd", "--calendar", calendar).stdout
    for words in (
        "Due Thursday 2026-08-20 16:00:00 WIB",
        "Mon 2026-08-17",
        "Hari Kemerdekaan",
        "day of receipt",
        "T-1",
    ):
        assert words in shown


def test_people_get_midnight_as_the_end_of_the_day_and_a_word_on_what_is_provisional(calendar: Path) -> None:
    shown = ask("--start", "2026-12-31T10:00+07:00", "--amount", "2cd", "--calendar", calendar).stdout
    assert "Due Saturday 2027-01-02 24:00:00" in shown
    assert "Provisional" in shown


def test_without_a_file_the_calendar_is_that_of_the_pack(calendar: Path) -> None:
    question = ("--start", "2026-03-17T10:00+07:00", "--amount", "3wd", "--json")
    for pack in ("", "kota-pasuruan"):
        answer = json.loads(ask(*question, TANGGAP_PACK=pack).stdout)
        assert (answer["calendar_version"], answer["due_at"]) == ("PSR-2026-1", "2026-03-27T16:30:00+07:00")
    assert json.loads(ask(*question, TANGGAP_PACK=str(calendar.parent)).stdout)["calendar_version"] == "T-1"


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0h", "amount-not-positive"), ("-3wd", "amount-not-positive"), ("999999999999h", "no-open-time")],
)
def test_an_impossible_question_is_a_negative_result_with_its_code(calendar: Path, amount: str, code: str) -> None:
    question = ("--start", "2026-08-11T09:00+07:00", "--amount", amount, "--calendar", calendar)
    result = ask(*question, "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert set(answer) == {"error", "message"}
    assert answer["error"] == code
    plain = ask(*question)
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert plain.stderr.startswith(code)


def test_a_pause_that_ends_before_it_begins_is_an_impossible_question(calendar: Path) -> None:
    inverted = f"{START}/2026-08-11T01:00Z"
    result = ask("--start", START, "--amount", "1h", "--pause", inverted, "--calendar", calendar, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"] == "bad-pause"


@pytest.mark.parametrize("unit", ["s", "m", "h", "wd", "cd"])
def test_an_amount_of_any_length_is_answered_at_once(calendar: Path, unit: str) -> None:
    result = ask("--start", START, "--amount", "9" * 400 + unit, "--calendar", calendar, "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]) == (1, "no-open-time")


def test_a_byte_order_mark_of_an_editor_is_no_problem(calendar: Path) -> None:
    calendar.write_bytes(b"\xef\xbb\xbf" + calendar.read_bytes().replace(b"\n", b"\r\n"))
    result = ask("--start", "2026-08-14T15:00:00+07:00", "--amount", "2h", "--calendar", calendar, "--json")
    assert json.loads(result.stdout)["due_at"] == "2026-08-18T09:00:00+07:00"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "no-calendar"),
        ("zone = ", "not-toml"),
        ('zone = "Asia/Jakarta"\nversion = "T-1"\n[week]\n', "empty-calendar"),
        (
            'zone = "Asia/Nowhere"\n' + CALENDAR.replace('zone = "Asia/Jakarta"\n', "").replace("16:00", "26:00"),
            "bad-calendar",
        ),
    ],
    ids=["absent", "not TOML", "empty", "two things wrong"],
)
def test_a_calendar_that_cannot_be_used_is_a_negative_result(tmp_path: Path, content: str | None, code: str) -> None:
    path = tmp_path / "broken.toml"
    if content is not None:
        path.write_text(content)
    result = ask("--start", "2026-08-11T09:00+07:00", "--amount", "1h", "--calendar", path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"] == code


BAD_USAGE = {
    "a start without an offset": ("--start", "2026-08-11T09:00", "--amount", "1h"),
    "a start that is no time": ("--start", "tomorrow", "--amount", "1h"),
    "no start": ("--amount", "1h"),
    "no amount": ("--start", START),
    "an amount that is none": ("--start", START, "--amount", "3 days"),
    "a pause without end": ("--start", START, "--amount", "1h", "--pause", START),
    "a pause without offset": ("--start", START, "--amount", "1h", "--pause", f"{START}/2026-08-11T10:00"),
    "a pause that never ends": ("--start", START, "--amount", "1h", "--pause", f"{START}/"),
    "an unknown option": ("--start", START, "--amount", "1h", "--until", START),
}


@pytest.mark.parametrize("arguments", BAD_USAGE.values(), ids=BAD_USAGE)
def test_bad_usage_is_exit_status_2_and_no_traceback(calendar: Path, arguments: tuple[str, ...]) -> None:
    result = ask(*arguments, "--calendar", calendar, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)
