"""The contract as one AsyncAPI 3 document, from the topics and kinds: pure, and the same bytes every time."""

import json
from typing import Any, Final

from shared import examples, kinds, schemas, topics
from shared.envelope import Kind
from shared.topics import Topic

Node = dict[str, Any]

# The local stack has one broker; a cluster keeps three copies, see the description.
_REPLICAS: Final = 1
_BINDING: Final = {"bindingVersion": "0.5.0"}
_DEAD_LETTER: Final = "dead-letter"
_UUID: Final = {"type": "string", "format": "uuid"}
_DESCRIPTION: Final = """\
What Tanggap and those around it say to each other over Kafka.

- Events are CloudEvents 1.0 in Kafka's binary mode: headers `ce_*`, the value is the JSON data alone.
- On topics that outsiders write, every header and the key are optional: a plain JSON value is a valid message.
- The key of every message that a service produces is the report id: one report, one partition, in order.
- `ce_id` is a function of the cause: a message that comes twice carries the same id twice.
- Unknown fields are to be ignored; a change that breaks a reader gets a new version of the type.
- `replicas` is that of the local stack with its one broker; a cluster wants 3, with `min.insync.replicas` 2."""

_ACTORS: Final = {
    "intake": "takes reports in",
    "router": "finds the agency and keeps the deadlines",
    "notifier": "tells reporters and agencies",
    "channels": "upstream systems that publish reports and deliver messages: web form, bot, SMS, call centre, app",
    "agencies": "the bodies that have to act",
    "operations": "those who watch over deadlines",
    "operators": "those who run the system",
    "anyone": "everybody who may read what holds no identity",
}


def document() -> Node:
    """The whole contract as AsyncAPI 3.0.0."""
    references, models = schemas.parts("#/components/schemas/{model}")
    return {
        "asyncapi": "3.0.0",
        "id": "urn:tanggap:contract",
        "info": {
            "title": "Tanggap",
            "version": "1.0.0",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
            "tags": [{"name": name, "description": does} for name, does in _ACTORS.items()],
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": _server()},
        "channels": {topic.name: _channel(topic) for topic in topics.ALL},
        "operations": dict(operation for topic in topics.ALL for operation in _operations(topic)),
        "components": {
            "messages": {schemas.name_of(kind): _message(kind, references) for kind in kinds.ALL}
            | {_DEAD_LETTER: _dead_letter_message()},
            "schemas": models,
        },
    }


def files() -> dict[str, bytes]:
    """Every generated file by its path below `docs/contract/`."""
    made = {f"schemas/{schemas.name_of(kind)}.json": schemas.schema_of(kind) for kind in kinds.ALL}
    return {path: _bytes(node) for path, node in sorted({"asyncapi.json": document(), **made}.items())}


def _bytes(node: Node) -> bytes:
    return (json.dumps(node, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _server() -> Node:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "The Kafka brokers of the deployment.",
        "variables": {"bootstrap": {"description": "host:port of any broker", "default": "localhost:9092"}},
    }


def _channel(topic: Topic) -> Node:
    identity = "May hold a reporter's identity." if topic.identity else "Holds no identity."
    days = f"Kept {topic.retention_days} days."
    config: Node = {name: int(text) if text.isdecimal() else text for name, text in topic.config().items()}
    config["cleanup.policy"] = [topic.config()["cleanup.policy"]]
    return {
        "address": topic.name,
        "title": topic.name,
        "summary": topic.summary,
        "description": f"{identity} {days}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages_of(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replicas": _REPLICAS,
                "topicConfiguration": config,
                **_BINDING,
            }
        },
        "x-identity": topic.identity,
        "x-written-by": list(topic.written_by),
        "x-read-by": list(topic.read_by),
    }


def _messages_of(topic: Topic) -> list[str]:
    # A dead letter has no type of its own: it is whatever could not be handled.
    return [schemas.name_of(kind) for kind in kinds.ALL if kind.topic == topic] or [_DEAD_LETTER]


def _operations(topic: Topic) -> list[tuple[str, Node]]:
    roles = [(name, "send") for name in topic.written_by] + [(name, "receive") for name in topic.read_by]
    return [(f"{name}.{action}.{topic.name}", _operation(name, action, topic)) for name, action in roles]


def _operation(name: str, action: str, topic: Topic) -> Node:
    channel = f"#/channels/{topic.name}"
    return {
        "action": action,
        "title": f"{name} {'write' if action == 'send' else 'read'} {topic.name}",
        "channel": {"$ref": channel},
        "tags": [{"name": name}],
        "messages": [{"$ref": f"{channel}/messages/{message}"} for message in _messages_of(topic)],
    }


def _message(kind: Kind, references: dict[str, schemas.Schema]) -> Node:
    name = schemas.name_of(kind)
    optional = schemas.outsiders_write(kind.topic)
    key = {"type": "string", "description": "Any, or none."} if optional else {**_UUID, "description": "The report id."}
    example = {"name": "published", "headers": _headers_of(kind), "payload": _payload_of(kind)}
    plain = {"name": "plain", "payload": examples.written(kind)}
    return {
        "name": kind.type,
        "title": name,
        "summary": schemas.sentence(kind.model),
        "contentType": "application/json",
        "headers": _headers(kind, optional=optional),
        "payload": references[name],
        "bindings": {"kafka": {"key": key, **_BINDING}},
        "examples": [plain if optional else example],
        "x-schema": schemas.urn_of(kind),
    }


def _headers(kind: Kind, *, optional: bool) -> Node:
    text: Node = {"type": "string"}
    properties: Node = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**(text if optional else _UUID), "description": "A function of the cause: same cause, same id."},
        "ce_type": {"const": kind.type},
        "ce_source": text if optional else {"const": kind.source},
        "ce_subject": {**(text if optional else _UUID), "description": "The report id."},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"const": "application/json"},
        "traceparent": {
            "type": "string",
            "pattern": "^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$",
            "description": "W3C Trace Context; all events of a report share its trace id.",
        },
    }
    return {"type": "object", "properties": properties} | ({} if optional else {"required": list(properties)})


def _dead_letter_message() -> Node:
    properties: Node = {
        "dead-letter-reason": {"type": "string", "description": "Why it could not be handled: a stable code."},
        "dead-letter-topic": {"type": "string", "description": "Where it came from."},
        "dead-letter-partition": {"type": "string", "pattern": "^[0-9]+$"},
        "dead-letter-offset": {"type": "string", "pattern": "^[0-9]+$"},
        "dead-letter-attempts": {"type": "string", "pattern": "^[0-9]+$"},
        "dead-letter-at": {"type": "string", "format": "date-time", "description": "When the original was published."},
        "dead-letter-kind": {
            "enum": ["unhandled", "refused"],
            "description": "Refused: a command that was understood.",
        },
        "dead-letter-id": {**_UUID, "description": "A function of service, topic, partition and offset."},
    }
    always = list(properties)
    properties["dead-letter-problems"] = {
        "type": "string",
        "description": "Of one that is malformed: a JSON list of field and code.",
    }
    return {
        "name": _DEAD_LETTER,
        "title": _DEAD_LETTER,
        "summary": "What could not be handled: key, value and headers as they came, with the reason in more headers.",
        "contentType": "application/octet-stream",
        "headers": {"type": "object", "properties": properties, "required": always},
        "payload": {"description": "The original bytes; they need not be JSON, and there may be none."},
        "bindings": {"kafka": {"key": {"type": "string"}, **_BINDING}},
    }


def _headers_of(kind: Kind) -> dict[str, str]:
    return {name: value.decode() for name, value in examples.announced(kind).headers}


def _payload_of(kind: Kind) -> Any:  # noqa: ANN401 - JSON
    return json.loads(examples.announced(kind).value or b"null")
