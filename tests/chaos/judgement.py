"""What the oracle found: what is wrong, by rule, and what was counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_EXAMPLES: Final = 5
RULES: Final = {
    "lost-submission": "a channel was told that it is safe, and it is not on the topic",
    "lost-report": "a valid submission without a report",
    "doubled-report": "two different reports of one submission",
    "unasked-report": "a report that nobody sent",
    "wrong-refusals": "a submission refused another number of times than it was sent wrongly",
    "without-key": "an event without its report's id as key",
    "two-partitions": "events of one report on two partitions of a topic",
    "different-repeat": "two different events for one effect",
    "gap": "a step published before the one that it follows, or without it",
    "wrong-life": "a report whose steps are others than those that were played",
    "wrong-hops": "a route that is missing, doubled or out of order",
    "wrong-letters": "a dead letter for something else than a repeat, or not as many as repeats",
    "lost-message": "a step of which its reporter was to hear and nothing was planned, or nothing became of it",
    "doubled-message": "two messages to one reporter for one step",
    "doubled-mail": "a mail that came more often than its attempts of unknown end allow",
    "lost-mail": "a message that is called sent and never came",
    "unasked-mail": "a mail of which no message knows, or to somebody else",
    "after-the-end": "a message of which something was told after its end",
    "table-disagrees": "a table that says something else than the topics",
    "not-drained": "something still waits at the end",
    "not-reconciled": "tanggap reconcile names a report",
}


@dataclass(slots=True)
class Judgement:
    """`wrong` counts what broke each rule and `examples` names a few; `facts` are figures of the run."""

    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)

    def blame(self, rule: str, example: object) -> None:
        """Note that something breaks a rule."""
        assert rule in RULES
        self.wrong[rule] += 1
        few = self.examples.setdefault(rule, [])
        if len(few) < _EXAMPLES:
            few.append(str(example))

    def add(self, other: "Judgement") -> None:
        """Take in what was found in the next stretch of a run."""
        self.wrong.update(other.wrong)
        for rule, few in other.examples.items():
            self.examples[rule] = [*self.examples.get(rule, ()), *few][:_EXAMPLES]
        self.facts = {name: self.facts.get(name, 0) + count for name, count in other.facts.items()}

    def text(self) -> str:
        """What is wrong, a rule a line."""
        return "\n".join(
            f"{rule}: {count} ({RULES[rule]}), such as {'; '.join(self.examples[rule])}"
            for rule, count in self.wrong.items()
        )
