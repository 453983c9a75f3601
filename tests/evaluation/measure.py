"""How well the cold start routes invented complaints, and the pictures of it: `python -m tests.evaluation.measure`.

Of the texts in `texts.csv` one half (by a hash of the id) was looked at while the rules were made; the other was only
measured on. `everyday.csv` came later, by one who had seen neither rules nor keywords: topics as often as a city has
them, lengths and tone as on a phone. Nobody looked at it to make a rule; the threshold of the words was set on it.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.intake.place import Places
from services.router.decision import Decision, Question
from services.router.routing import Routes, route
from shared.pack import BY_PLACE, Pack, load_pack

ROOT = Path(__file__).resolve().parents[2]
TEXTS = Path(__file__).with_name("texts.csv")
EVERYDAY = Path(__file__).with_name("everyday.csv")
PICTURES = ROOT / "docs" / "pictures"


@dataclass(frozen=True, slots=True)
class Case:
    """A text with the agency that it is meant for; `hard` names what is hard about it, `seen` the half it is in."""

    id: str
    question: Question
    agency: str
    topic: str
    hard: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what the router made of it."""

    case: Case
    decision: Decision
    best: str
    right: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of all (`right`, `auto`), of what went out by itself (`precise`), and macro-F1 over agencies."""

    count: int
    right: float
    auto: float
    precise: float
    macro_f1: float


def cases(pack: Pack, texts: Path = TEXTS) -> list[Case]:
    """An evaluation set, each place found as intake finds it."""
    places = Places(pack)
    found = []
    with texts.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lat, lng = (float(row[name]) if row[name] else None for name in ("lat", "lng"))
            place = places.resolve(lat, lng, row["region_code"], None)
            question = Question(row["text"], region_code=place.region_code, jurisdiction=place.jurisdiction)
            seen = sha256(row["id"].encode()).digest()[0] % 2 == 0
            found.append(Case(row["id"], question, row["agency"], row["topic"], row["hard"], seen))
    return found


def outcomes(these: Iterable[Case], routes: Routes) -> list[Outcome]:
    """What the router makes of them."""
    return [_outcome(case, routes) for case in these]


def figures(these: Sequence[Outcome], weight: Callable[[Outcome], float] = lambda _: 1.0) -> Figures:
    """The figures of some outcomes, each counted by its weight."""
    total = sum(map(weight, these))
    auto = sum(weight(one) for one in these if one.decision.auto)
    precise = sum(weight(one) for one in these if one.decision.auto and one.right)
    return Figures(
        count=len(these),
        right=sum(weight(one) for one in these if one.right) / total,
        auto=auto / total,
        precise=precise / auto if auto else math.nan,
        macro_f1=sum(f1 for f1, _, _ in _by_agency(these).values()) / len(_by_agency(these)),
    )


def as_often_as_in_a_city(pack: Pack, these: Sequence[Outcome]) -> Callable[[Outcome], float]:
    """Weights that give each topic the share that it had in Surabaya; one not counted there has that of one."""
    counts: dict[str, int] = defaultdict(int)
    for one in these:
        counts[one.case.topic] += 1
    return lambda one: max(pack.topics[one.case.topic].frequency, 1) / counts[one.case.topic]


def _outcome(case: Case, routes: Routes) -> Outcome:
    decision = route(case.question, routes)
    best = _kind(decision.guess or routes.pack.deployment.offices.desk, routes.pack)
    return Outcome(case, decision, best, best == _kind(case.agency, routes.pack))


def _kind(code: str, pack: Pack) -> str:
    """Offices of the place are one destination: which of them is the place's matter, not the text's."""
    agency = pack.agencies.get(code)
    destination = f"by-{agency.kind}" if agency else code
    return destination if destination in BY_PLACE else code


def _by_agency(these: Sequence[Outcome]) -> dict[str, tuple[float, float, int]]:
    """F1, recall and number of reports of each agency that should have got any."""
    found: dict[str, tuple[float, float, int]] = {}
    for agency in sorted({one.case.agency for one in these}):
        meant = [one for one in these if one.case.agency == agency]
        hits = sum(one.right for one in meant)
        given = sum(one.best == one.case.agency == agency or one.best == agency for one in these)
        recall, precision = hits / len(meant), hits / given if given else 0.0
        found[agency] = (2 * recall * precision / (recall + precision) if hits else 0.0, recall, len(meant))
    return found


def _curve(these: Sequence[Outcome]) -> tuple[list[float], list[float]]:
    """Coverage and precision for every threshold; what only the place decides is never sure enough here."""
    sure = [one for one in these if one.best not in BY_PLACE and not one.decision.referred]
    sure.sort(key=lambda one: -one.decision.confidence)
    coverage, precision, hits = [], [], 0
    for count, one in enumerate(sure, 1):
        hits += one.right
        if count >= len(these) // 20:
            coverage.append(count / len(these))
            precision.append(hits / count)
    return coverage, precision


def draw(these: Sequence[Outcome], everyday: Sequence[Outcome]) -> None:
    """Write the pictures of the docs."""
    import matplotlib as mpl  # noqa: PLC0415 - the tests need no pictures

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "tanggap"
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of its back end

    PICTURES.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(7, 4))
    for name, half in (("looked at", True), ("only measured on", False)):
        axes.plot(*_curve([one for one in these if one.case.seen is half]), label=f"half that was {name}")
    axes.plot(*_curve(everyday), label="everyday texts")
    axes.axvline(0.45, color="grey", linewidth=0.8, linestyle=":")
    axes.axhline(0.88, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel="share that goes out without the desk", ylabel="share of those right", ylim=(0.6, 1.0), xlim=(0, 1))
    axes.legend()
    figure.tight_layout()
    figure.savefig(PICTURES / "routing-curve.svg", metadata={"Date": None})
    recalls = sorted(_by_agency(these).items(), key=lambda item: item[1][1])
    figure, axes = plt.subplots(figsize=(7, 9))
    axes.barh([f"{agency} ({count})" for agency, (_, _, count) in recalls], [recall for _, (_, recall, _) in recalls])
    axes.set(xlabel="share of its reports for which it was the best guess", xlim=(0, 1))
    axes.tick_params(axis="y", labelsize=7)
    figure.tight_layout()
    figure.savefig(PICTURES / "routing-recall.svg", metadata={"Date": None})


def table(these: Sequence[Outcome], everyday: Sequence[Outcome], pack: Pack) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| texts | number | best guess right | without the desk | of those right | macro-F1 |",
        "|---|---|---|---|---|---|",
    ]
    halves = {"looked at": True, "only measured on": False}
    parts: dict[str, list[Outcome]] = {name: [o for o in these if o.case.seen is seen] for name, seen in halves.items()}
    unseen = parts["only measured on"]
    for name, some in parts.items():
        lines.append(_line(name, figures(some)))
    lines.append(
        _line("only measured on, topics as often as in Surabaya", figures(unseen, as_often_as_in_a_city(pack, unseen)))
    )
    lines.append(_line("everyday texts", figures(everyday)))
    lines += [
        _line(f"all, {hard or 'nothing hard'}", figures([one for one in these if one.case.hard == hard]))
        for hard in sorted({one.case.hard for one in these})
    ]
    return "\n".join(lines)


def _line(name: str, found: Figures) -> str:
    shares = (found.right, found.auto, found.precise)
    return f"| {name} | {found.count} | {' | '.join(f'{share:.1%}' for share in shares)} | {found.macro_f1:.2f} |"


if __name__ == "__main__":
    facts = load_pack(ROOT / "deploy" / "packs" / "kota-pasuruan")
    made, later = (outcomes(cases(facts, texts), Routes.of(facts)) for texts in (TEXTS, EVERYDAY))
    draw(made, later)
    print(table(made, later, facts))
