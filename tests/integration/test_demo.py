"""The demo, run as a newcomer runs it: in a checkout of its own, so that nobody's `.tanggap/demo` is touched."""

import os
import re
import shutil
import subprocess
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

import pytest

from deploy.local.catcher import CHECKOUT
from deploy.local.jars import default_cache

# What a run of the demo needs of a checkout; what was installed and fetched for this one serves that one, too.
_NEEDED = ("console", "deploy", "services", "shared")
CODE = r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}-[0-9A-Z]{2}\b"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("newcomer")
    for folder in _NEEDED:
        shutil.copytree(CHECKOUT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (place / ".tanggap").mkdir()
    (place / ".tanggap" / "cache").symlink_to(default_cache())
    return place


@pytest.fixture(scope="module")
def shown(checkout: Path) -> str:
    """What `make demo` printed; it ended with exit status 0."""
    surroundings = {**os.environ, "COLUMNS": "250"}
    done = subprocess.run(
        [sys.executable, "-m", "console", "demo"], cwd=checkout, env=surroundings, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert done.stderr == ""
    return done.stdout


def sums(shown: str) -> list[dict[str, int]]:
    """The lines that say of what a number is the sum: each number by what it counts, the sum first."""
    lines = [line for line in shown.splitlines() if re.fullmatch(r"[a-z]+ \d+ = .*\d", line)]
    terms = [[term.rsplit(" ", 1) for term in re.split(" = | [+] ", line)] for line in lines]
    return [{name: int(number) for name, number in line} for line in terms]


def test_the_sums_that_it_prints_hold(shown: str) -> None:
    found = sums(shown)
    assert [next(iter(line)) for line in found] == ["submitted", "accepted", "accepted", "routed"]
    for line in found:
        whole, *parts = line.values()
        assert whole == sum(parts), line
    assert "It adds up" in shown


def test_what_it_counts_is_what_was_published_and_what_lies_in_the_mailbox(shown: str, checkout: Path) -> None:
    said = {name: number for line in sums(shown) for name, number in line.items()}
    samples = (checkout / "deploy" / "samples" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    assert said["submitted"] == len(samples)
    mails = caught(checkout)
    to_offices = [mail for mail in mails if mail["To"] in offices(checkout)]
    assert said["agencies told by mail"] == len(to_offices)
    assert said["told by mail"] == len(mails) - len(to_offices)
    assert f"mails caught {len(mails)}, dead letters 0" in shown


def test_each_report_has_a_line_with_the_message_that_its_reporter_got(shown: str, checkout: Path) -> None:
    said = {name: number for line in sums(shown) for name, number in line.items()}
    lines = [line for line in shown[: shown.index("submitted 360 = ")].splitlines() if re.match(f"{CODE}  ", line)]
    assert len({line[:17] for line in lines}) == len(lines) == said["accepted"]
    assert sum("  the desk  " in line for line in lines) == said["at the desk"]
    assert sum("  referred to " in line for line in lines) == said["referred"]
    assert sum("  channel sent: " in line for line in lines) == said["handed to a channel's bot"]
    subjects = [one["Subject"] for one in caught(checkout) if one["To"] not in offices(checkout)]
    assert sorted(line.partition("  email sent: ")[2] for line in lines if "  email sent: " in line) == sorted(subjects)


def caught(checkout: Path) -> list[EmailMessage]:
    files = (checkout / ".tanggap" / "demo" / "mail").glob("*.eml")
    return [message_from_bytes(file.read_bytes(), policy=modern) for file in files]


def offices(checkout: Path) -> set[str]:
    contacts = (checkout / ".tanggap" / "demo" / "offices.csv").read_text(encoding="utf-8")
    return set(re.findall(r"[^,\s]+@[^,\s]+", contacts))


def test_a_mail_to_a_reporter_is_shown_with_code_agency_and_deadline(shown: str, checkout: Path) -> None:
    mail = shown[shown.index("mails caught") :]
    (code,) = set(re.findall(CODE, mail))
    assert f"/track/{code}.json" in mail
    facts = [line.split(":", 1)[1].strip() for line in mail.splitlines() if re.match(r"  \S.* : ", line)]
    agencies = (CHECKOUT / "deploy" / "packs" / "kota-pasuruan" / "agencies.csv").read_text(encoding="utf-8")
    assert facts[0] == code
    assert facts[1] in agencies
    assert re.search(r"20\d\d\b.* WIB$", facts[-1])
    told = [one for one in caught(checkout) if code in one["Subject"] and one["To"] not in offices(checkout)]
    assert any(one["Subject"].removesuffix(code) in mail for one in told)
