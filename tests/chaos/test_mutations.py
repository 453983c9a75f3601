"""The oracle can fail: it finds mistakes that were put into a copy of the services. All: make chaos-mutations."""

import os
from pathlib import Path

import pytest

from tests.chaos.mutations import MUTATIONS, Mutation, plant, try_out

# Two in `make test`, for they take a system each: one that loses and one that doubles.
_EACH_TIME = {"outbox-emptied-before-it-is-published", "messages-without-an-identity"}
TRIED = [one for one in MUTATIONS if one.name in _EACH_TIME or os.environ.get("ALL_MUTATIONS")]


@pytest.mark.parametrize("mutation", TRIED, ids=lambda one: one.name)
async def test_the_oracle_finds_a_mistake(mutation: Mutation, tmp_path: Path) -> None:
    judgement = await try_out(mutation, tmp_path)
    assert mutation.breaks & judgement.wrong.keys(), judgement.text()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_each_mistake_still_fits_the_sources(mutation: Mutation, tmp_path: Path) -> None:
    plant(mutation, tmp_path)
