"""The page for agencies says what the code does."""

import re
from pathlib import Path
from typing import Final, get_args

import pytest

from services.router.transitions import EDGES
from shared.events import AgencyUpdated, Status
from tests.unit.router.lives import PACK

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "agencies.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
SOURCES: Final = ("life.py", "changes.py", "doors/handlers.py", "desk/orders.py")


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_an_update_of_this_city(example: str) -> None:
    update = AgencyUpdated.model_validate_json(example)
    assert update.agency in PACK.agencies
    assert update.suggested_agency in {None, *PACK.agencies}


def test_every_status_but_the_first_is_explained() -> None:
    assert {status for status in get_args(Status) if f"`{status}`" in PAGE} == {*get_args(Status)} - {"received"}


def test_every_action_is_in_the_table() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \| [a-z]", PAGE, re.MULTILINE))
    actions = {edge.action for edge in EDGES if edge.actor == "agency"} - {"return"}
    assert actions <= told


def test_every_reason_of_a_refusal_is_explained() -> None:
    code = "".join((ROOT / "services" / "router" / name).read_text() for name in SOURCES)
    reasons = set(re.findall(r'\("([a-z]+(?:-[a-z]+)+)", ', code))
    reasons |= set(re.findall(r'(?:Refusal\(|return )"([a-z]+(?:-[a-z]+)*)"', code)) - {"return"}
    assert len(reasons) > 15
    assert {reason for reason in reasons if not reason.startswith("already-") and f"`{reason}`" not in PAGE} == set()
