"""The JSON Schemas say what the models do, for values drawn from the schemas themselves."""

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from shared import examples, kinds, schemas
from shared.envelope import Kind

Schema = dict[str, Any]
EACH_KIND = pytest.mark.parametrize("kind", kinds.ALL, ids=schemas.name_of)
ASCII = st.characters(codec="ascii")
# PostgreSQL keeps no NUL, JSON no lone surrogate.
LETTERS = st.characters(codec="utf-8", exclude_characters="\x00")
INSTANTS = st.builds(
    lambda wall, minutes: wall.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat(),
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - the offset comes with the next
    st.integers(-12 * 60, 14 * 60),
)
FORMATS = {"date-time": INSTANTS, "date": st.dates().map(str), "uuid": st.uuids().map(str)}


def judge(schema: Schema) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def values(schema: Schema, root: Schema) -> st.SearchStrategy[Any]:
    """JSON values that `schema` allows; knows the keywords that our schemas use."""
    if "$ref" in schema:
        return values(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "type" not in schema:
        return st.one_of([values(branch, root) for branch in schema["anyOf"]])
    return globals()[f"{schema['type']}s"](schema, root)  # type: ignore[no-any-return] # one of the functions below


def nulls(_schema: Schema, _root: Schema) -> st.SearchStrategy[None]:
    return st.none()


def booleans(_schema: Schema, _root: Schema) -> st.SearchStrategy[bool]:
    return st.booleans()


def integers(schema: Schema, _root: Schema) -> st.SearchStrategy[int]:
    return st.integers(schema.get("minimum", -(2**31)), schema.get("maximum", 2**31))


def numbers(schema: Schema, _root: Schema) -> st.SearchStrategy[float]:
    return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)


def strings(schema: Schema, _root: Schema) -> st.SearchStrategy[str]:
    if "format" in schema:
        return FORMATS[schema["format"]]
    if schema.get("pattern") == r"\S":
        return st.text(LETTERS, min_size=1, max_size=80).filter(str.strip)
    if "pattern" in schema:
        longest = schema.get("maxLength", 300)
        return st.from_regex(schema["pattern"], fullmatch=True, alphabet=ASCII).filter(lambda t: len(t) <= longest)
    return st.text(LETTERS, min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 80), 80))


def arrays(schema: Schema, root: Schema) -> st.SearchStrategy[list[Any]]:
    return st.lists(values(schema["items"], root), max_size=min(schema.get("maxItems", 3), 3))


def objects(schema: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        names = strings(schema["propertyNames"], root)
        return st.dictionaries(names, values(schema["additionalProperties"], root), max_size=3)
    fields = {name: values(field, root) for name, field in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema["required"]} if "required" in schema else {}
    drawn = st.fixed_dictionaries(required, optional={**fields, "nobody_knows_it": st.integers()})
    rules = judge({"anyOf": schema["anyOf"]}) if "anyOf" in schema else None
    return drawn if rules is None else drawn.filter(rules.is_valid)


@EACH_KIND
def test_a_schema_is_one_of_draft_2020_12(kind: Kind) -> None:
    Draft202012Validator.check_schema(schemas.schema_of(kind))


@EACH_KIND
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_schema_allows_the_model_reads_and_writes_again_as_the_schema_says(
    kind: Kind, data: st.DataObject
) -> None:
    schema = schemas.schema_of(kind)
    value = data.draw(values(schema, schema))
    assert judge(schema).is_valid(value)
    event = kind.model.model_validate_json(json.dumps(value))
    written = event.model_dump_json(by_alias=True)
    assert list(judge(schema).iter_errors(json.loads(written))) == []
    assert kind.model.model_validate_json(written) == event


@EACH_KIND
def test_what_we_write_has_every_field_always(kind: Kind) -> None:
    schema = schemas.schema_of(kind)
    if schemas.mode_of(kind) == "serialization":
        assert set(schema["required"]) == set(schema["properties"])


@EACH_KIND
def test_a_schema_names_itself_without_an_address(kind: Kind) -> None:
    schema = schemas.schema_of(kind)
    assert re.fullmatch(r"urn:tanggap:[a-z_.]+:v1", schema["$id"])
    assert schema["title"]
    assert schema["description"]


@EACH_KIND
def test_unknown_fields_are_ignored_by_readers(kind: Kind) -> None:
    value = {**examples.written(kind), "nobody_knows_it": {"a": 1}}
    assert judge(schemas.schema_of(kind)).is_valid(value)
    assert kind.model.model_validate_json(json.dumps(value)) is not None


@EACH_KIND
def test_the_example_is_allowed_by_the_schema(kind: Kind) -> None:
    assert list(judge(schemas.schema_of(kind)).iter_errors(examples.written(kind))) == []
    published = json.loads(examples.announced(kind).value or b"")
    assert list(judge(schemas.schema_of(kind)).iter_errors(published)) == []


@EACH_KIND
def test_a_schema_can_refuse(kind: Kind) -> None:
    schema = schemas.schema_of(kind)
    for name in schema["required"]:
        without = {key: value for key, value in examples.written(kind).items() if key != name}
        assert not judge(schema).is_valid(without), name
