"""JSON Schema (draft 2020-12) of every event, generated from the models.

What a schema allows, the model understands. The models are kinder in three places that a schema cannot say well:
lengths count after trimming, times may be written less strictly than RFC 3339, ids in any usual spelling. They are
stricter in one: to a schema 5.0 is an integer.
"""

import re
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from shared import kinds, topics
from shared.envelope import Kind
from shared.events import AgencyUpdated, SubmittedLocation

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# A sign that can be seen, as `shared.readable` leaves it: not only blanks, controls and what has no width.
_SOMETHING_SEEN: Final = (
    r"[^\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]"
)
_TYPE = re.compile(r"^id\.tanggap\.(?P<name>[a-z_]+\.[a-z_]+)\.(?P<version>v[0-9]+)$")


def _given(name: str, kind: str) -> Schema:
    return {"required": [name], "properties": {name: {"type": kind}}}


# The rules of the models' validators, which look at several fields at once.
_RULES: Final[dict[type[BaseModel], Schema]] = {
    SubmittedLocation: {
        "anyOf": [
            {"required": ["lat", "lng"], "properties": {"lat": {"type": "number"}, "lng": {"type": "number"}}},
            {"properties": {"lat": {"type": "null"}, "lng": {"type": "null"}}},
        ]
    },
    AgencyUpdated: {"anyOf": [_given("report_id", "string"), _given("tracking_code", "string")]},
}


class _Contract(GenerateJsonSchema):
    """Every field we write is always there; every optional field of an outsider may be null."""

    def field_title_should_be_set(self, _schema: object) -> bool:  # the name says it already
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401 - pydantic's signature
        return self.mode == "serialization" or super().field_is_required(field, total)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        default = made.pop("default", None)
        if self.mode == "serialization":
            return made
        if {"type": "null"} not in made.get("anyOf", []):
            made = {"anyOf": [made, {"type": "null"}]}
        return made if default is None else {**made, "default": default}

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        made = super().str_schema(schema)
        blank_is_empty = schema.get("strip_whitespace") and schema.get("min_length")
        return {**made, "pattern": _SOMETHING_SEEN} if blank_is_empty else made

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        return {**super().model_schema(schema), **_RULES.get(schema["cls"], {})}


def name_of(kind: Kind) -> str:
    """The short name of an event with its version, such as `report.accepted.v1`.

    Raises:
        ValueError: the type is not written as the contract (section 3) says.
    """
    found = _TYPE.match(kind.type)
    if found is None:
        raise ValueError(f"{kind.type} is not id.tanggap.<noun>.<past participle>.v<number>")
    return f"{found['name']}.{found['version']}"


def urn_of(kind: Kind) -> str:
    """The schema's own name; it is no address, nothing has to be fetched."""
    name, _, version = name_of(kind).rpartition(".")
    return f"urn:tanggap:{name}:{version}"


def outsiders_write(topic: topics.Topic) -> bool:
    """True if anybody but the three services may write to `topic`."""
    return not set(topic.written_by) <= set(topics.SERVICES)


def mode_of(kind: Kind) -> Mode:
    """What outsiders write is described as we read it; the rest as we write it."""
    return "validation" if outsiders_write(kind.topic) else "serialization"


def sentence(model: type[BaseModel]) -> str:
    """The model's description as one line."""
    return " ".join((model.__doc__ or "").split())


def schema_of(kind: Kind) -> Schema:
    """The schema of one kind of event, complete in itself."""
    body = kind.model.model_json_schema(by_alias=True, mode=mode_of(kind), schema_generator=_Contract)
    head = {"$schema": DIALECT, "$id": urn_of(kind), "title": name_of(kind), "description": sentence(kind.model)}
    return {**head, **{key: value for key, value in body.items() if key not in head}}


def parts(ref_template: str) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """One table of all models for a document: (reference by event name, schema by model name)."""
    wanted = list(dict.fromkeys((kind.model, mode_of(kind)) for kind in kinds.ALL))
    references, whole = models_json_schema(wanted, by_alias=True, ref_template=ref_template, schema_generator=_Contract)
    by_event = {name_of(kind): dict(references[kind.model, mode_of(kind)]) for kind in kinds.ALL}
    return by_event, dict(sorted(whole["$defs"].items()))
