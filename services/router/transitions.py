"""The transitions in the life of a report (contract section 5), each with its reason. What is not listed is refused.

A transition that leaves the status as it is has a reason that no other into it has: who hears of it can tell a further
hop, an extension or a start after the acknowledgement from the first news of the status.
"""

from dataclasses import dataclass
from typing import Final

FINAL: Final = frozenset({"closed", "referred", "rejected", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed transition: in `status`, `actor` may do `action`, which leads `to`; `reason` is told to everyone."""

    status: str
    action: str
    actor: str
    to: str
    reason: str


EDGES: Final = (
    # The agency has the report.
    Edge("assigned", "acknowledge", "agency", "in_progress", "acknowledged"),
    Edge("assigned", "start", "agency", "in_progress", "started"),  # who starts has seen it
    Edge("in_progress", "start", "agency", "in_progress", "work-started"),  # once, behind an acknowledgement
    Edge("reopened", "acknowledge", "agency", "in_progress", "acknowledged"),
    Edge("reopened", "start", "agency", "in_progress", "started"),
    # Answered is not completed: an answer says what will be done, completion that it is done.
    Edge("assigned", "answer", "agency", "answered", "answered"),  # a question may be answered at once
    Edge("in_progress", "answer", "agency", "answered", "answered"),
    Edge("reopened", "answer", "agency", "answered", "answered"),
    Edge("assigned", "complete", "agency", "completed", "completed"),  # the street sweeper was there already
    Edge("in_progress", "complete", "agency", "completed", "completed"),
    Edge("reopened", "complete", "agency", "completed", "completed"),
    Edge("answered", "complete", "agency", "completed", "completed"),  # what the answer promised is done
    # Not ours: to the agency that the router finds, or (`return`) to the desk. Not after an answer: it was theirs.
    Edge("assigned", "not_ours", "agency", "assigned", "not-ours"),  # a further hop
    Edge("in_progress", "not_ours", "agency", "assigned", "not-ours"),
    Edge("reopened", "not_ours", "agency", "assigned", "not-ours"),
    Edge("assigned", "return", "agency", "at_desk", "not-ours"),
    Edge("in_progress", "return", "agency", "at_desk", "not-ours"),
    Edge("reopened", "return", "agency", "at_desk", "not-ours"),
    Edge("assigned", "ask_reporter", "agency", "needs_information", "information-needed"),
    Edge("in_progress", "ask_reporter", "agency", "needs_information", "information-needed"),
    Edge("reopened", "ask_reporter", "agency", "needs_information", "information-needed"),
    Edge("in_progress", "extend", "agency", "in_progress", "extended"),  # only who works on it may ask for more time
    # A body outside the city has to act; the report is handed over with its name, never plainly refused.
    Edge("assigned", "refer", "agency", "referred", "referred"),
    Edge("in_progress", "refer", "agency", "referred", "referred"),
    Edge("reopened", "refer", "agency", "referred", "referred"),
    # The desk decides what the router would not; only the desk rejects.
    Edge("at_desk", "assign", "desk", "assigned", "assigned-by-desk"),
    Edge("at_desk", "refer", "desk", "referred", "referred"),
    Edge("at_desk", "reject", "desk", "rejected", "rejected"),
    Edge("at_desk", "ask_reporter", "desk", "needs_information", "information-needed"),
    Edge("assigned", "assign", "desk", "assigned", "moved-by-desk"),  # an officer sees that it went astray
    Edge("in_progress", "assign", "desk", "assigned", "moved-by-desk"),
    Edge("reopened", "assign", "desk", "assigned", "moved-by-desk"),
    # The reporter. An answer goes to who asked: the agency, or (`answer_desk`) the desk.
    Edge("needs_information", "answer", "reporter", "in_progress", "information-given"),
    Edge("needs_information", "answer_desk", "reporter", "at_desk", "information-given"),
    Edge("answered", "confirm", "reporter", "closed", "confirmed"),
    Edge("completed", "confirm", "reporter", "closed", "confirmed"),
    Edge("answered", "reopen", "reporter", "reopened", "not-solved"),
    Edge("completed", "reopen", "reporter", "reopened", "not-solved"),
    Edge("closed", "reopen", "reporter", "reopened", "not-solved"),  # within the pack's time: silence is no consent
    *(
        Edge(status, "withdraw", "reporter", "withdrawn", "withdrawn-by-reporter")  # whoever has it, and whatever for
        for status in (
            "at_desk", "needs_information", "assigned", "in_progress", "answered", "completed", "reopened",
        )
    ),
    # A rating is kept and moves nothing.
    Edge("answered", "rate", "reporter", "answered", "rated"),
    Edge("completed", "rate", "reporter", "completed", "rated"),
    Edge("closed", "rate", "reporter", "closed", "rated"),
    # Time.
    Edge("answered", "close", "system", "closed", "no-reply"),
    Edge("completed", "close", "system", "closed", "no-reply"),
    Edge("needs_information", "withdraw", "system", "withdrawn", "no-information"),
)  # fmt: skip
TABLE: Final = {(edge.status, edge.action, edge.actor): edge for edge in EDGES}
