"""Reading the events of our own topics: what cannot be read is a dead letter, the rest of the batch is unharmed."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shared.dead_letters import dead_letter
from shared.envelope import Event, Kind, Record, header

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
            except ValidationError:
                letters.append(dead_letter(service, record, "malformed"))
    return events, letters
