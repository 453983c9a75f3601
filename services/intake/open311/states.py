"""The twelve statuses of a report as Open311 and mySociety say them, and back. Pure."""

from collections.abc import Mapping
from typing import Final, Literal

from shared.events import Status

# Open311 knows two: nothing is `closed` here while somebody's deadline still runs. `completed` waits for the reporter.
CLOSED: Final[frozenset[Status]] = frozenset({"closed", "referred", "rejected", "withdrawn"})

# Contract section 5: how each is shown to people.
SHOWN: Final[Mapping[Status, str]] = {
    "received": "Diterima",
    "at_desk": "Diverifikasi",
    "needs_information": "Perlu dilengkapi",
    "assigned": "Diteruskan",
    "in_progress": "Diproses",
    "answered": "Ditanggapi",
    "completed": "Selesai dikerjakan",
    "closed": "Selesai",
    "reopened": "Dibuka kembali",
    "referred": "Dilimpahkan",
    "rejected": "Tidak dapat diproses",
    "withdrawn": "Dicabut",
}

# mySociety's words for the updates of a report.
UPDATE_STATUS: Final[Mapping[Status, str]] = {
    "received": "OPEN",
    "at_desk": "FOR_TRIAGE",
    "needs_information": "INVESTIGATING",
    "assigned": "OPEN",
    "in_progress": "IN_PROGRESS",
    "answered": "IN_PROGRESS",  # answered, but the reporter may still object
    "completed": "FIXED",
    "closed": "CLOSED",
    "reopened": "OPEN",
    "referred": "NOT_COUNCILS_RESPONSIBILITY",
    "rejected": "NO_FURTHER_ACTION",
    "withdrawn": "CANCELLED",
}

Action = Literal["acknowledge", "start", "answer", "complete", "not_ours", "ask_reporter", "extend", "refer", "reject"]
ACTIONS: Final[tuple[Action, ...]] = (
    "acknowledge", "start", "answer", "complete", "not_ours", "ask_reporter", "extend", "refer", "reject",
)  # fmt: skip

# What an agency does when it writes one of mySociety's statuses. CANCELLED and REOPEN are the reporter's, not its.
ACTION_OF: Final[Mapping[str, Action]] = {
    "OPEN": "acknowledge",
    "INVESTIGATING": "acknowledge",
    "IN_PROGRESS": "start",
    "ACTION_SCHEDULED": "start",
    "FIXED": "complete",
    "CLOSED": "answer",
    "NO_FURTHER_ACTION": "answer",
    "DUPLICATE": "answer",
    "NOT_COUNCILS_RESPONSIBILITY": "not_ours",
    "INTERNAL_REFERRAL": "not_ours",
    "FOR_TRIAGE": "not_ours",
}
