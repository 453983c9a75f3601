"""Reading the events of our own topics: what cannot be read is a dead letter, the rest of the batch is unharmed."""

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from shared.dead_letters import dead_letter
from shared.envelope import Event, Kind, Record, header
from shared.masking import hide_identity
from shared.readable import readable

# So many are told of one message: a list of thousands may be wrong in each of its parts.
_MOST_PROBLEMS: Final = 20
_MOST_SIGNS: Final = 100
_WHOLE: Final = "$"  # the message itself, as in JSONPath
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
M = TypeVar("M", bound=BaseModel)


def read(
    batch: Sequence[Record], kind: Kind, model: type[M], service: str
) -> tuple[list[tuple[Record, M]], list[Event]]:
    """The events in `batch`, each with its record, and a dead letter for every message that is none of `kind`."""
    events: list[tuple[Record, M]] = []
    letters: list[Event] = []
    for record in batch:
        if header(record, "ce_type") not in {None, kind.type.encode()}:
            letters.append(dead_letter(service, record, "unknown-type"))
        elif not record.value:
            letters.append(dead_letter(service, record, "empty-message"))
        else:
            try:
                events.append((record, model.model_validate_json(record.value)))
            except ValidationError as error:
                letters.append(dead_letter(service, record, "malformed", problems=problems_of(error)))
    return events, letters


def problems_of(error: ValidationError) -> list[dict[str, str]]:
    """Which field of a message is wrong, and the code of what is: never what was written in it."""
    found = error.errors(include_input=False, include_url=False)[:_MOST_PROBLEMS]
    # A field may be called as its sender pleases: by what nobody sees, or by somebody's number.
    fields = [hide_identity(readable(".".join(map(str, item["loc"])))) for item in found]
    return [
        {"field": field[:_MOST_SIGNS] or _WHOLE, "code": _code(item["type"], item.get("ctx", {}))}
        for field, item in zip(fields, found, strict=True)
    ]


def _code(kind: str, facts: dict[str, object]) -> str:
    """What pydantic calls a fault, or what a rule of ours does."""
    said = str(facts.get("error", "")) if kind == "value_error" else ""
    return said if _CODE.fullmatch(said) else kind.replace("_", "-")
