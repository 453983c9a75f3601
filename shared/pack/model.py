"""What a pack holds: the facts of one deployment as frozen values. Nothing here reads a file or decides anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from shared.calendar import Calendar
from shared.pack.deployment import Deployment
from shared.pack.life import Life

# Destinations that mean "the one of the reported place".
BY_KELURAHAN: Final = "by-kelurahan"
BY_KECAMATAN: Final = "by-kecamatan"
BY_PLACE: Final = (BY_KELURAHAN, BY_KECAMATAN)

# The need of a topic with `needs_location`, and the flag that emergency topics raise.
PLACE: Final = "place"
EMERGENCY: Final = "emergency"

# Longitude and latitude in degrees (WGS 84); a ring ends where it began; the first ring is the outer one.
Ring = tuple[tuple[float, float], ...]
Polygon = tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that can receive a report. Outside `valid_from`..`valid_until` (inclusive) its successor acts."""

    code: str
    name: str
    abbreviation: str | None
    kind: str
    parent: str | None
    duties: str
    region_code: str | None
    phone_or_channel: str | None
    valid_from: date | None
    valid_until: date | None
    successor: str | None
    certainty: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What a report can be about. `agency_code` may be one of `BY_PLACE`; `frequency` breaks ties between topics.

    `needed` are codes of what a complete file holds: of each group at least one. `PLACE` is needed where
    `needs_location`, unless a group offers it beside something else.
    """

    code: str
    name_id: str
    name_en: str
    group: str
    kind: str
    agency_code: str
    alt_agency_code: str | None
    needs_location: bool
    emergency: bool
    keywords: tuple[str, ...]
    example: str
    sla_class: str
    frequency: int
    needed: tuple[tuple[str, ...], ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """Every need of the topic, each once."""
        return tuple(dict.fromkeys(code for either in self.needed for code in either))


@dataclass(frozen=True, slots=True)
class Need:
    """What a complete file of some topics holds. `code` is what `missing` names.

    It is given by the field that `kind` tells (`place`: the location, `date`: `occurred_on`, `identity`: the reporter's
    NIK, `attribute`: `attributes[attribute]`), or by the text where one of `words` stands in it; words of an attribute
    count only with a number behind them (nomor pelanggan 00123).
    """

    code: str
    kind: str
    attribute: str | None
    name_id: str
    name_en: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """What raises a flag. Keywords of emergency topics raise `EMERGENCY` besides, but for those that are `quiet`.

    `denials` are words right before others that take their alarm away (bukan kebakaran). Every other flag is a kind of
    sensitive data (UU 27/2022, article 4).
    """

    words: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, frozenset[str]]
    quiet: frozenset[str]
    denials: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cues:
    """What weighs in the ranking beside keywords.

    `hints` are words that go with a topic and prove nothing alone; `passing` are keywords of it that people also name
    in passing (dengan KTP Pasuruan) and that count less. `claims` are keywords that say whose matter it is, whatever is
    the matter (guru SMA): among the topics of its group, of those `everywhere` among all (a place in the regency).
    `negations` are words behind which something is not meant, `turns` those behind which it is again (bukan soal jalan,
    tapi ...).
    """

    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    claims: Mapping[str, frozenset[str]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Region:
    """An area with its Kemendagri code (dotted); `lat`, `lng` is a point inside it where known."""

    code: str
    level: str
    name: str
    parent_code: str | None
    postal_code: str | None
    lat: float | None
    lng: float | None


@dataclass(frozen=True, slots=True)
class Slang:
    """A word or phrase as people type it, and its standard form. `ambiguous` ones are not for blind replacement."""

    slang: str
    standard: str
    kind: str
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class SlaRule:
    """One clock: `amount` `unit`s from the event `counts_from`, with its legal basis.

    Rows of one id differ in `valid_from`: this is the latest, `before` are those that it took the place of.
    """

    rule_id: str
    report_class: str
    stage: str
    amount: int
    unit: str
    counts_from: str
    legal_basis: str
    valid_from: date | None
    certainty: str
    note: str
    before: tuple["SlaRule", ...] = ()

    def on(self, day: date) -> "SlaRule | None":
        """The row that held on a day: what began then goes by it, also when the law has changed since."""
        rows = (self, *self.before)
        return next((row for row in rows if row.valid_from is None or row.valid_from <= day), None)


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """The data of one deployment, checked as a whole. `version` is a function of the content of its files alone."""

    version: str
    deployment: Deployment
    agencies: Mapping[str, Agency]
    topics: Mapping[str, Topic]
    regions: Mapping[str, Region]
    polygons: Mapping[str, tuple[Polygon, ...]]
    slang: tuple[Slang, ...]
    needs: Mapping[str, Need]
    flags: Flags
    sla_rules: Mapping[str, SlaRule]
    life: Life
    calendar: Calendar
    # (kind, region code) of every kelurahan and kecamatan office.
    offices: Mapping[tuple[str, str], str]
    cues: Cues = Cues()

    def office(self, destination: str, region_code: str | None) -> Agency | None:
        """The kelurahan or kecamatan agency (`destination` is one of `BY_PLACE`) of a place; None where it has none.

        The kecamatan is found from the code of a kelurahan in it, too; the kelurahan from no wider area.
        """
        kind = destination.removeprefix("by-")
        area = region_code
        while area:
            code = self.offices.get((kind, area))
            if code is not None:
                return self.agencies[code]
            area = area.rpartition(".")[0]
        return None

    def body_outside(self, region_code: str | None) -> Agency:
        """Who takes what happens outside the city: the body of the narrowest area, else the last resort."""
        facts = self.deployment
        bodies = {**facts.outside.by_region, **{body.region: body.agency for body in facts.surrounding}}
        area = region_code
        while area:
            if area in bodies:
                return self.agencies[bodies[area]]
            area = area.rpartition(".")[0]
        return self.agencies[facts.outside.otherwise]

    def acting(self, code: str, on: date | None) -> Agency | None:
        """Who acts for an agency on a day: itself, else the first valid successor; None where it is gone or to come.

        Without a day the validity is not looked at.
        """
        agency: Agency | None = self.agencies.get(code)
        while agency is not None and on is not None and agency.valid_until is not None and agency.valid_until < on:
            agency = self.agencies.get(agency.successor or "")
        if agency is not None and on is not None and agency.valid_from is not None and on < agency.valid_from:
            return None
        return agency

    def settlement_rule(self, report_class: str, sla_class: str) -> SlaRule:
        """The clock by which a report is to be settled: by its own class, else by the class of its topic."""
        settlement = self.deployment.settlement
        rule_id = settlement.by_class.get(report_class) or settlement.by_sla_class[sla_class]
        return self.sla_rules[rule_id]
