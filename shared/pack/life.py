"""`life.toml`, `clocks.csv`, `escalation.csv`: which clocks a report has, who is woken when, how often is enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

# The rule of a clock that follows the class of the report, see `Pack.settlement_rule`.
SETTLEMENT: Final = "settlement"
# The stage of the rules that say by when a report has to be settled.
SETTLING: Final = "penyelesaian"
# Who a step can tell beside agencies of the pack (`holder`: the agency that has it, or the desk), and what it can do
# instead of telling.
ROLES: Final = ("holder", "superior", "desk", "inspectorate", "reporter")
ACTS: Final = ("close", "withdraw")
AMOUNT: Final = r"[1-9][0-9]{0,4}(s|m|h|wd|cd)"

Count = Annotated[int, Field(ge=0, le=1000)]
AmountText = Annotated[str, StringConstraints(pattern=rf"^{AMOUNT}$")]


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and how long; amounts as `tanggap due` writes them, `extension_most` in working days."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    hops_most: Annotated[int, Field(ge=1, le=100)]
    reopen_most: Count
    reopen_closed_within: AmountText
    reopen_clock: Literal["resume", "fresh"]
    extensions_most: Count
    extension_most: Count
    completion_needs_evidence: bool
    skew_seconds: Annotated[int, Field(ge=0, le=86_400)]


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """When a clock runs: in which statuses, in which it is paused; in all others it is stopped.

    It starts from the receipt of the report (`from_receipt`), later from the entry of a status; `anew` are the
    statuses whose every entry starts it again; one that may not start a second time is not `again`. One that counts
    from the complete file (`from_completion`) starts from the receipt, too, and anew when the first question to the
    reporter is answered. Of several `rules` the one counts that is due first.
    """

    name: str
    rules: tuple[str, ...]
    runs_in: frozenset[str]
    stands_in: frozenset[str]
    from_receipt: bool
    from_completion: bool
    anew: frozenset[str]
    again: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at a share of a clock, or `after` an amount of time behind its end.

    `notify` are roles and agencies; a step that has none of them is for those of the next.
    """

    kind: str
    threshold: float
    after: str | None
    level: int
    notify: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """What the life of a report follows here; `clocks` and each clock's `steps` are in the order of their files."""

    policy: Policy
    clocks: tuple[ClockPlan, ...]
    steps: Mapping[str, tuple[Step, ...]]
