"""A small model, learned once for all tests of it, from cases that were made up."""

from datetime import date
from functools import cache
from pathlib import Path

from services.router.learned.history import Case, History, study
from services.router.learned.linear import Linear
from services.router.learned.training import learn
from services.router.learned.weights import Weights
from services.router.routing import Routes
from shared.pack import load_pack
from tests.invented_history import Town

PACK = load_pack(Path(__file__).resolve().parents[4] / "deploy" / "packs" / "kota-pasuruan")
ROUTES = Routes.of(PACK)
TODAY = date(2026, 11, 23)
PRECISION = 0.9
COUNT = 400


def cases(count: int = COUNT, seed: int = 7, wrong: float = 0.0) -> list[Case]:
    town = Town(PACK, seed, wrong)
    return [Case(one.text, one.agency, decided_at=one.decided_at) for one in town.cases(count)]


@cache
def history() -> History:
    return study(cases(), ROUTES, TODAY)


@cache
def weights() -> Weights:
    return learn(history().lessons, PRECISION, PACK.version)


@cache
def model() -> Linear:
    return Linear(weights(), PACK)
