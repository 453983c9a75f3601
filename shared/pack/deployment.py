"""`pack.toml`: the facts of a deployment that fit into no table."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from shared.pack.problems import Findings

FILE = "pack.toml"
_CLOSED = ConfigDict(extra="forbid")

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=64)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Offices:
    """Agencies with a part in the process itself."""

    __pydantic_config__ = _CLOSED
    desk: Code
    inspectorate: Code


@dataclass(frozen=True, slots=True)
class Surrounding:
    """An area around the city and the agency that takes what happens there."""

    __pydantic_config__ = _CLOSED
    region: RegionCode
    agency: Code


@dataclass(frozen=True, slots=True)
class Outside:
    """Who takes what lies farther away: by region code, the narrowest area first, `otherwise` for all the rest."""

    __pydantic_config__ = _CLOSED
    otherwise: Code
    by_region: Mapping[RegionCode, Code]


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """How places are told apart; distances in metres."""

    __pydantic_config__ = _CLOSED
    city: RegionCode
    uncertain_metres: Annotated[float, Field(ge=0)]
    village_metres: Annotated[float, Field(ge=0)]
    shared_names: tuple[Words, ...] = ()
    common_words: tuple[Words, ...] = ()
    elsewhere: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """Settlement rules (rows of `sla_rules.csv`) by class of the report and by class of the topic.

    `unknown_topic` is the class of the topic where a report has none yet.
    """

    __pydantic_config__ = _CLOSED
    unknown_topic: Words
    by_class: Mapping[str, Code]
    by_sla_class: Mapping[Words, Code]


@dataclass(frozen=True, slots=True)
class Maladministration:
    """Topics that tell how somebody was treated: `forms` by topic; `destinations` may also be a report's subject."""

    __pydantic_config__ = _CLOSED
    sla_class: Words
    destinations: tuple[Code, ...]
    forms: Mapping[Code, Words]


@dataclass(frozen=True, slots=True)
class Routing:
    """Thresholds, as shares of what a report can be about.

    What goes out without the desk has at least the share of its method. A choice is contradicted where the text gives
    another body at least `contradiction_least` and the one chosen at most `contradiction_most`. Of what a model sends
    without the desk the share `model_precision` is to be right.
    """

    __pydantic_config__ = _CLOSED
    words_least: Share
    place_least: Share
    emergency_least: Share
    contradiction_least: Share
    contradiction_most: Share
    stated_confidence: Share
    model_precision: Share = 0.945


@dataclass(frozen=True, slots=True)
class Deployment:
    """Who and where this deployment is."""

    __pydantic_config__ = _CLOSED
    code: Code
    name: Words
    language: Literal["id", "jv", "mad", "en"]
    office: Words
    emergency_number: Words
    channels: Annotated[tuple[Code, ...], Field(min_length=1)]
    offices: Offices
    surrounding: tuple[Surrounding, ...]
    outside: Outside
    place: PlaceRules
    settlement: Settlement
    maladministration: Maladministration
    routing: Routing


_DEPLOYMENT: TypeAdapter[Deployment] = TypeAdapter(Deployment)


def read_deployment(text: str, findings: Findings) -> Deployment | None:
    """The facts of `pack.toml`; None, and every problem noted, where it cannot be used."""
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        findings.note(FILE, int(place[1]) if place else text.count("\n") + 1, f"not TOML: {error}")
        return None
    try:
        return _DEPLOYMENT.validate_python(facts)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            path = tuple(str(part) for part in problem["loc"])
            findings.note_at(FILE, path, f"{'.'.join(path)}: {problem['msg']}")
        return None
