"""How intake judged a report, in lines for people. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

_BY = {"given": "as chosen", "text": "as the text speaks of it"}


def lines(judged: Mapping[str, Any]) -> Iterator[str]:
    """What `services.intake.store.judged` gives: a line for each thing that was found out, and by what."""
    notes, location = judged["notes"], judged["location"]
    yield f"place: {location['jurisdiction']}, {location.get('region_code') or 'no region'}, by {notes['place']}"
    if subject := notes.get("subject"):
        yield f"topic: {subject['topic']}, {_BY[subject['by']]}"
    for raised in notes.get("flags", ()):
        yield f"{raised['flag']}: {_what_raised(raised)}"
    if judged["missing"]:
        yield f"missing: {', '.join(judged['missing'])}"
    for left_out in notes.get("left_out", ()):
        yield f"left out: {left_out['field']}, {left_out['code']}"
    if notes.get("old"):
        yield "old: the event is over two years past"
    if duplicate := notes.get("duplicate"):
        yield f"perhaps the matter of {duplicate['of']}: {duplicate['because']}"


def _what_raised(raised: Mapping[str, str]) -> str:
    words, topic = raised.get("words"), raised.get("topic")
    if words is None:
        return f"by the topic {topic}"
    return f'by "{words}"' if topic is None else f'by "{words}", a keyword of {topic}'
