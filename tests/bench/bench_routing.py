"""How many decisions the router takes on one core, with and without a model; and what learning costs.

Run: `python -m tests.bench.bench_routing [cases]`. The cases are made up (`tests/invented_history.py`): they tell speed
and memory, not how often a model is right. Prints figures with their conditions; judges nothing.
"""

import gc
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from services.router.decision import Question
from services.router.learned.hearing import spoken
from services.router.learned.history import Case, study
from services.router.learned.linear import Linear
from services.router.learned.training import learn
from services.router.ranking import rank
from services.router.routing import Routes, route, route_all
from shared.pack import load_pack
from tests.invented_history import Town

PACK = Path(__file__).parents[2] / "deploy" / "packs" / "kota-pasuruan"
ROUNDS = 7
CHARACTERS = 200
BATCH = 200


def show(name: str, one: Callable[[Any], object], cases: Sequence[Any]) -> float:
    """Microseconds of CPU a case: the best of a few rounds, so that a neighbour on the machine does not decide."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for case in cases:
            one(case)
        best = min(best, time.process_time() - begun)
    each = best / len(cases) * 1e6
    print(f"  {name:52} {each:8.1f} us  {1e6 / each:8,.0f}/s")
    return each


def show_at_once(name: str, questions: Sequence[Question], by: Routes) -> None:
    """The same for decisions in batches."""
    batches = [questions[at : at + BATCH] for at in range(0, len(questions), BATCH)]
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for batch in batches:
            route_all(batch, by)
        best = min(best, time.process_time() - begun)
    each = best / len(questions) * 1e6
    print(f"  {name:52} {each:8.1f} us  {1e6 / each:8,.0f}/s")


def main() -> None:
    """Learn, then decide."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load of the machine {load}")
    pack = load_pack(PACK)
    routes, town = Routes.of(pack), Town(pack)
    begun, spent = time.perf_counter(), time.process_time()
    history = study(
        [Case(c.text, c.agency, decided_at=c.decided_at) for c in town.cases(count)], routes, date(2026, 1, 1)
    )
    kept = learn(history.lessons, pack.deployment.routing.model_precision, pack.version)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"learning from {count:,} invented cases, {len(kept.classes)} agencies, {len(kept.idf):,} features")
    print(f"  {time.perf_counter() - begun:.0f} s, {time.process_time() - spent:.0f} s of CPU, {most:.0f} MB at most")
    texts = [c.text[:CHARACTERS] for c in town.cases(3000) if len(c.text) >= CHARACTERS * 0.75][:1000]
    model = Linear(kept, pack)
    readings = [routes.words.read(None, text) for text in texts]
    heard = [(reading, spoken(rank(reading, routes.weights.weigh(reading), pack)), ()) for reading in readings]
    gc.freeze()
    mean = sum(map(len, texts)) / len(texts)
    print(f"decisions on {len(texts)} texts of {mean:.0f} characters, CPU time of one core, best of {ROUNDS} rounds")
    show("the model alone", lambda one: model.judge_all([one]), heard)
    show("whole decision, pack alone", lambda text: route(Question(text), routes), texts)
    on = replace(routes, model=model)
    show("whole decision, model on", lambda text: route(Question(text), on), texts)
    questions = [Question(text) for text in texts]
    for who, by in (("pack alone", routes), ("model on", on)):
        show_at_once(f"whole decisions in batches of {BATCH}, {who}", questions, by)
    fresh = replace(routes, model=Linear(kept, pack))
    begun = time.process_time()
    for text in texts:
        route(Question(text), fresh)
    each = (time.process_time() - begun) / len(texts) * 1e6
    print(f"  {'the same, every word met for the first time':52} {each:8.1f} us  {1e6 / each:8,.0f}/s")


if __name__ == "__main__":
    main()
