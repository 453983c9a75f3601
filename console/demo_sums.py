"""The sums of the demo: what was counted in four different places has to agree. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of the reports, each counted where it lies."""

    submitted: int  # lines published
    accepted: int  # reports on reports.accepted
    rejected: int  # refusals on reports.rejected
    repeated: int  # intake's metric
    stored: int  # rows of intake.report
    routed: int  # rows of router.report that an agency has
    referred: int  # rows of router.report that a body outside the city has
    at_desk: int  # rows of router.report that the desk has
    told: int  # mails to reporters: rows of notifier.notification sent
    requested: int  # messages that a channel's bot delivers: rows of notifier.notification sent
    asleep: int  # messages that wait for the morning: a bot's message rings
    untold: int  # rows of notifier.notification suppressed: no address, or none we send to
    offices: int  # mails to agencies: rows of notifier.notification sent
    outcomes: int  # messages on notifications.outcomes, each once
    mails: int  # mails in the catcher
    dead_letters: int  # messages on the three dead-letters topics


def disagreements(counts: Counts, expected: dict[str, int]) -> Sequence[str]:
    """Every sum that does not hold, as a sentence; `expected` is what the samples say of themselves."""
    c = counts
    sums = (
        ("submitted = accepted + rejected + repeated", c.submitted, c.accepted + c.rejected + c.repeated),
        ("accepted = routed + referred + at the desk", c.accepted, c.routed + c.referred + c.at_desk),
        ("accepted on the topic = reports in intake's table", c.accepted, c.stored),
        (
            "accepted = told + handed to a bot + waiting for the morning + without an address",
            c.accepted,
            c.told + c.requested + c.asleep + c.untold,
        ),
        ("routed = agencies told", c.routed, c.offices),
        ("all of these = outcomes on the topic", c.told + c.requested + c.untold + c.offices, c.outcomes),
        ("told + agencies told = mails caught", c.told + c.offices, c.mails),
        ("dead letters = none", c.dead_letters, 0),
        ("lines = what the samples hold", c.submitted, expected["lines"]),
        ("accepted = what the samples promise", c.accepted, expected["valid"]),
        ("rejected = what the samples promise", c.rejected, expected["rejected"]),
        ("repeated = what the samples promise", c.repeated, expected["repeated"]),
    )
    return [f"{name}: {left} is not {right}" for name, left, right in sums if left != right]
