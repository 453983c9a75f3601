"""`needs.csv`, `flags.csv`, `cues.csv`: what a complete file holds, what makes a report urgent, what weighs in it."""

from shared.pack.model import EMERGENCY, PLACE, Cues, Flags, Need, Topic
from shared.pack.problems import Findings
from shared.pack.rows import rows_of
from shared.pack.tables import Table

NEEDS = ("code", "kind", "attribute", "name_id", "name_en", "words")
FLAGS = ("flag", "kind", "values")
CUES = ("topic", "kind", "words")
_NEED_KINDS = {"place", "date", "identity", "attribute"}
# What a row of flags.csv holds: words that raise the flag, topics that do, keywords that do not by themselves, and
# words that take the alarm from those behind them.
_FLAG_KINDS = {"words", "topics", "quiet", "denial"}
# What a row of cues.csv holds; the last two are no topic's. All but hints are keywords of the topic.
_CUE_KINDS = ("hint", "passing", "claim", "claim-everywhere", "negation", "turn")


def read_needs(files: dict[str, bytes], topics: Table[Topic], findings: Findings) -> Table[Need]:
    """Needs by code; every one that a topic names has to be there."""
    table: Table[Need] = Table("needs.csv")
    for row in rows_of(files, table.file, NEEDS, findings):
        need = Need(
            code=row.code("code"),
            kind=row.text("kind"),
            attribute=row.optional("attribute"),
            name_id=row.text("name_id"),
            name_en=row.text("name_en"),
            words=row.words("words"),
        )
        if need.kind and need.kind not in _NEED_KINDS:
            row.note(f"kind: {need.kind!r} is none of {', '.join(sorted(_NEED_KINDS))}")
        if (need.kind == "attribute") != (need.attribute is not None):
            row.note("attribute: to be filled where the kind is attribute, and only there")
        table.add(need.code, need, row.line, findings)
    for topic in topics.items.values():
        for code in topic.needs:
            if code not in table.items and (code != PLACE or table.items):
                findings.note(topics.file, topics.lines[topic.code], f"{topic.code}: unknown need {code}")
    return table


def read_flags(files: dict[str, bytes], topics: Table[Topic], findings: Findings) -> Flags:
    """The flags of a pack. `quiet` and `denial` rows belong to the emergency flag."""
    file = "flags.csv"
    table: Table[tuple[str, ...]] = Table(file)
    for row in rows_of(files, file, FLAGS, findings):
        flag, kind, values = row.code("flag"), row.text("kind"), row.words("values")
        if not values:
            row.note("values is empty")
        if kind and kind not in _FLAG_KINDS:
            row.note(f"kind: {kind!r} is none of {', '.join(sorted(_FLAG_KINDS))}")
        if kind in {"quiet", "denial"} and flag != EMERGENCY:
            row.note(f"{kind}: only for the flag {EMERGENCY}")
        for code in sorted(set(values) - topics.items.keys()) if kind == "topics" else ():
            row.note(f"unknown topic {code}")
        table.add(f"{flag} {kind}", values, row.line, findings)
    found = {tuple(key.split(" ")): values for key, values in table.items.items()}
    return Flags(
        words={flag: values for (flag, kind), values in found.items() if kind == "words"},
        topics={flag: frozenset(values) for (flag, kind), values in found.items() if kind == "topics"},
        quiet=frozenset(found.get((EMERGENCY, "quiet"), ())),
        denials=frozenset(found.get((EMERGENCY, "denial"), ())),
    )


def read_cues(files: dict[str, bytes], topics: Table[Topic], findings: Findings) -> Cues:
    """What weighs in the ranking beside keywords; a pack without the file has no such cues."""
    file = "cues.csv"
    table: Table[tuple[str, ...]] = Table(file)
    for row in rows_of(files, file, CUES, findings) if file in files else ():
        topic, kind, words = row.optional("topic") or "", row.text("kind"), row.words("words")
        if not words:
            row.note("words is empty")
        if kind and kind not in _CUE_KINDS:
            row.note(f"kind: {kind!r} is none of {', '.join(_CUE_KINDS)}")
        if (kind in {"negation", "turn"}) == bool(topic):
            row.note("topic: to be filled, but for the kinds negation and turn")
        elif topic and topic not in topics.items:
            row.note(f"unknown topic {topic}")
        elif topic and kind != "hint":
            for word in sorted(set(words) - set(topics.items[topic].keywords)):
                row.note(f"{word!r} is no keyword of {topic}")
        table.add(f"{kind} {topic}", words, row.line, findings)
    found = {tuple(key.split(" ")): words for key, words in table.items.items()}
    return Cues(
        hints={topic: words for (kind, topic), words in found.items() if kind == "hint"},
        passing={topic: frozenset(words) for (kind, topic), words in found.items() if kind == "passing"},
        claims={topic: frozenset(words) for (kind, topic), words in found.items() if kind.startswith("claim")},
        everywhere=frozenset(topic for kind, topic in found if kind == "claim-everywhere"),
        negations=frozenset(found.get(("negation", ""), ())),
        turns=frozenset(found.get(("turn", ""), ())),
    )
