"""The committed documents are those that the code generates, and say what the contract promises."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from typer import Typer
from typer.testing import CliRunner

from console.contract import contract, drift, write
from shared import asyncapi, examples, kinds, schemas, topics
from shared.dead_letters import dead_letter
from shared.envelope import Headers, Kind
from shared.topics import Topic

COMMITTED: Final = Path(__file__).parents[2] / "docs" / "contract"
DOCUMENT: Final = asyncapi.document()
EACH_KIND = pytest.mark.parametrize("kind", kinds.ALL, ids=schemas.name_of)
EACH_TOPIC = pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
TYPES: Final = {
    "id.tanggap.report.submitted.v1": "reports.submitted",
    "id.tanggap.report.accepted.v1": "reports.accepted",
    "id.tanggap.report.rejected.v1": "reports.rejected",
    "id.tanggap.report.routed.v1": "reports.routed",
    "id.tanggap.report.status_changed.v1": "reports.status",
    "id.tanggap.report.deadline_warned.v1": "reports.deadlines",
    "id.tanggap.report.deadline_breached.v1": "reports.deadlines",
    "id.tanggap.report.deadline_escalated.v1": "reports.deadlines",
    "id.tanggap.agency.updated.v1": "agencies.updates",
    "id.tanggap.reporter.replied.v1": "reporters.replies",
    "id.tanggap.notification.requested.v1": "notifications.requested",
    "id.tanggap.notification.outcome.v1": "notifications.outcomes",
}


@dataclass
class Arrived:
    """A message that nobody could handle."""

    topic: str = "reports.submitted"
    partition: int = 3
    offset: int = 41
    timestamp: int = 1_772_414_100_000
    key: bytes | None = None
    value: bytes | None = b"\xff"
    headers: Headers = ()


def look_up(pointer: str) -> Any:
    node: Any = DOCUMENT
    for step in pointer.removeprefix("#/").split("/"):
        node = node[step]
    return node


def flatten(schema: Any, defs: dict[str, Any]) -> Any:
    """The schema with every reference replaced by what it names."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return flatten(defs[schema["$ref"].rpartition("/")[2]], defs)
        return {key: flatten(part, defs) for key, part in schema.items()}
    return [flatten(part, defs) for part in schema] if isinstance(schema, list) else schema


def test_the_committed_documents_are_up_to_date() -> None:
    assert list(drift(COMMITTED)) == [], "run `tanggap contract`"


def test_generating_twice_gives_the_same_bytes() -> None:
    assert asyncapi.files() == asyncapi.files()


def test_drift_is_noticed_and_repaired(tmp_path: Path) -> None:
    write(tmp_path)
    assert list(drift(tmp_path)) == []
    (tmp_path / "asyncapi.json").write_bytes((tmp_path / "asyncapi.json").read_bytes() + b"\n")
    (tmp_path / "schemas" / "report.routed.v1.json").unlink()
    (tmp_path / "schemas" / "report.lost.v1.json").write_text('{"$id": "urn:tanggap:report.lost:v1"}')
    (tmp_path / "schemas" / "of-somebody-else.json").write_text("{}")
    found = {
        "asyncapi.json": "differs",
        "schemas/report.routed.v1.json": "missing",
        "schemas/report.lost.v1.json": "not generated any more",
    }
    assert dict(drift(tmp_path)) == found
    assert dict(write(tmp_path)) == found
    assert list(drift(tmp_path)) == []
    assert (tmp_path / "schemas" / "of-somebody-else.json").exists()


def test_the_command_writes_and_its_check_only_looks(tmp_path: Path) -> None:
    app = Typer()
    app.command()(contract)
    run = CliRunner().invoke
    before = run(app, ["--check", "--json", "--out", str(tmp_path / "new")])
    assert (before.exit_code, len(before.stdout.splitlines())) == (1, len(kinds.ALL) + 1)
    assert not (tmp_path / "new").exists()
    assert run(app, ["--out", str(tmp_path / "new")]).exit_code == 0
    assert run(app, ["--check", "--out", str(tmp_path / "new")]).exit_code == 0
    assert run(app, ["--out"]).exit_code == 2


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "schemas").write_text("a file where a folder should be")
    app = Typer()
    app.command()(contract)
    result = CliRunner().invoke(app, ["--out", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_the_types_are_those_of_the_contract_on_their_topics() -> None:
    assert {kind.type: kind.topic.name for kind in kinds.ALL} == TYPES


@given(st.text())
def test_a_type_that_is_not_named_as_the_contract_says_gets_no_schema(name: str) -> None:
    kind = Kind(topics.ACCEPTED, f"id.tanggap.{name}", "/intake", kinds.REPORT_ACCEPTED.model)
    if re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[0-9]+", name) is None:
        with pytest.raises(ValueError, match="is not"):
            schemas.name_of(kind)


@EACH_TOPIC
def test_a_channel_tells_what_the_broker_is_told(topic: Topic) -> None:
    kafka = DOCUMENT["channels"][topic.name]["bindings"]["kafka"]
    assert (kafka["topic"], kafka["partitions"]) == (topic.name, topic.partitions)
    said = {name: value[0] if isinstance(value, list) else str(value) for name, value in
            kafka["topicConfiguration"].items()}  # fmt: skip
    assert said == topic.config()
    assert DOCUMENT["channels"][topic.name]["x-identity"] is topic.identity


@EACH_TOPIC
def test_an_operation_stands_for_everybody_who_writes_or_reads(topic: Topic) -> None:
    found = {
        (operation["tags"][0]["name"], operation["action"])
        for operation in DOCUMENT["operations"].values()
        if operation["channel"]["$ref"] == f"#/channels/{topic.name}"
    }
    writers, readers = {(name, "send") for name in topic.written_by}, {(name, "receive") for name in topic.read_by}
    assert found == writers | readers


@EACH_KIND
def test_a_message_names_its_headers_payload_and_key(kind: Kind) -> None:
    name = schemas.name_of(kind)
    message = look_up(DOCUMENT["channels"][kind.topic.name]["messages"][name]["$ref"])
    alone = schemas.schema_of(kind)
    body = {key: value for key, value in alone.items() if key in {"type", "properties", "required", "anyOf"}}
    inside = look_up(message["payload"]["$ref"])
    assert flatten(body, alone.get("$defs", {})) == flatten(
        {key: inside[key] for key in body}, DOCUMENT["components"]["schemas"]
    )
    assert message["name"] == kind.type
    assert message["headers"]["properties"]["ce_type"] == {"const": kind.type}
    assert ("format" in message["bindings"]["kafka"]["key"]) is not schemas.outsiders_write(kind.topic)


@EACH_KIND
def test_what_we_announce_has_the_headers_that_the_document_promises(kind: Kind) -> None:
    promised = look_up(f"#/components/messages/{schemas.name_of(kind)}")["headers"]
    judge = Draft202012Validator(promised, format_checker=Draft202012Validator.FORMAT_CHECKER)
    sent = {name: value.decode() for name, value in examples.announced(kind).headers}
    assert list(judge.iter_errors(sent)) == []
    assert set(sent) == set(promised["properties"])
    assert judge.is_valid({}) is schemas.outsiders_write(kind.topic)
    assert not judge.is_valid({**sent, "ce_type": "id.tanggap.report.other.v1"})


def test_a_dead_letter_has_the_headers_that_the_document_promises() -> None:
    promised = look_up("#/components/messages/dead-letter")["headers"]
    judge = Draft202012Validator(promised, format_checker=Draft202012Validator.FORMAT_CHECKER)
    sent = {name: value.decode() for name, value in dead_letter("intake", Arrived(), "not-json").headers}
    assert list(judge.iter_errors(sent)) == []
    assert set(sent) == set(promised["required"])
    assert set(promised["properties"]) - set(sent) == {"dead-letter-problems"}


@pytest.mark.parametrize("kind", [kinds.REPORT_SUBMITTED, kinds.AGENCY_UPDATED, kinds.REPORTER_REPLIED])
def test_an_outsider_needs_no_header_at_all(kind: Kind) -> None:
    message = look_up(f"#/components/messages/{schemas.name_of(kind)}")
    assert "required" not in message["headers"]
    assert "headers" not in message["examples"][0]
