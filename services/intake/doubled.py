"""Names that one JSON object has twice: which value was meant, nobody knows (RFC 8259, section 4). Pure."""

import json
from typing import Any, Final

from pydantic_core import from_json

_WHITE_SPACE: Final = b" \t\n\r"  # between the parts of JSON (RFC 8259, section 2)


def doubled_names(value: bytes) -> tuple[str, ...]:
    """Names with two different values in one object, in the order found; none where `value` is no JSON."""
    if _plainly_single(value):
        return ()
    found: dict[str, None] = {}

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for name, part in pairs:
            if name in seen and seen[name] != part:
                found[name] = None
            seen[name] = part
        return seen

    try:
        json.loads(value, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return ()
    return tuple(found)


def holds_only(value: bytes, names: int) -> bool:
    """True where a message that has at least so many names, each once, has no other one: none can be doubled.

    A text with a quote before a colon makes it False and costs the slow way.
    """
    return value.translate(None, _WHITE_SPACE).count(b'":') == names


def _plainly_single(value: bytes) -> bool:
    """True where as many names are written as the parser kept: the quick way out for nearly every message."""
    try:
        return holds_only(value, _names(from_json(value)))
    except ValueError:
        return False


def _names(part: Any) -> int:  # noqa: ANN401 - any JSON
    """How many names the objects of a value have."""
    if isinstance(part, dict):
        return len(part) + sum([_names(inner) for inner in part.values() if isinstance(inner, dict | list)])
    if isinstance(part, list):
        return sum([_names(inner) for inner in part])
    return 0
