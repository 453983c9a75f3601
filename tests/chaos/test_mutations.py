"""The oracle can fail: it finds mistakes that were put into a copy of the services. All: make chaos-mutations."""

import os
from pathlib import Path

import pytest

from tests.chaos.mutations import MUTATIONS, Mutation, plant, try_out

# One in `make test`, for each takes a system of its own and half a minute or more.
_EACH_TIME = {"outbox-emptied-before-it-is-published"}
TRIED = [one for one in MUTATIONS if one.name in _EACH_TIME or os.environ.get("ALL_MUTATIONS")]


@pytest.mark.parametrize("mutation", TRIED, ids=lambda one: one.name)
async def test_the_oracle_finds_a_mistake(mutation: Mutation, tmp_path: Path) -> None:
    judgement = await try_out(mutation, tmp_path)
    assert mutation.breaks & judgement.wrong.keys(), judgement.text()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_each_mistake_still_fits_the_sources(mutation: Mutation, tmp_path: Path) -> None:
    plant(mutation, tmp_path)
