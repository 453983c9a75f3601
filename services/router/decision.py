"""What the router is asked and what it answers, as values. They know neither events nor rows."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Question:
    """A report as far as its way is concerned; texts are masked already.

    `jurisdiction` is inside, outside or unknown. `on` is the day for which an agency has to be valid; without it
    validity is not looked at. `tried` are the bodies that sent it back: neither words nor a model name them again.
    `held` sends it to the desk (`not-ours`), however sure they are.
    """

    text: str
    title: str | None = None
    topic: str | None = None
    agency: str | None = None
    region_code: str | None = None
    jurisdiction: str = "unknown"
    report_class: str = "pengaduan"
    on: date | None = None
    tried: frozenset[str] = frozenset()
    held: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that spoke for the route.

    `kind` is topic, agency, keyword, word (one that a model knows), place, emergency, maladministration, or what that
    proposes to officers: proposed-agency, proposed-class. `weight` is its part in the score (of a word in log odds); 0
    for what raised a flag only.
    """

    kind: str
    value: str
    weight: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """An agency that could have been chosen; `by-kelurahan` or `by-kecamatan` where the place is not known.

    `evidence` are the pack's words that speak for it, the heaviest first; only at the desk, for its officers.
    """

    agency: str
    topic: str | None
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was tried and what it said."""

    rule: str
    result: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a report goes, and why.

    `agency` is None exactly where the desk decides; `reason` then says why: no-match, unclear, place-unknown,
    outside-city, contradiction, agency-gone or rule-failed; of one that was sent back not-ours, cycle or too-many-hops.
    Where a body outside the city has the place it is
    `referred` to it, with the reason outside-city. `guess` is the best destination either way, None where nothing spoke
    for any, and `confidence` is that of the guess. At the desk the guess is the first of the `alternatives`.
    `model_version` is None where no model was asked.
    `flags` are emergency and maladministration. `sla_rule` is the row of the pack by which the report is settled,
    `sla_class` the class of topic that led to it (the class of the report wins over it).
    """

    agency: str | None
    topic: str | None
    method: str
    reason: str | None
    guess: str | None
    confidence: float
    evidence: tuple[Evidence, ...]
    alternatives: tuple[Alternative, ...]
    tried: tuple[Tried, ...]
    flags: tuple[str, ...]
    sla_class: str
    sla_rule: str
    model_version: str | None = None
    referred: bool = False

    @property
    def auto(self) -> bool:
        """Whether it goes out without the desk."""
        return self.agency is not None
