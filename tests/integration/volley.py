"""What everybody may want of a few reports at once, drawn by hypothesis: values only, nothing is sent here."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from shared import topics
from tests.integration.test_life import PROOF

REPORTS: Final = 3  # in an example
OFFICE: Final = "diskominfotik"  # of the desk: what no agency has it may also decide on agencies.updates
ACTS: Final[dict[str, dict[str, Any]]] = {
    "acknowledge": {},
    "start": {},
    "answer": {"note": "Ya."},
    "complete": {"evidence": PROOF},
    "not_ours": {"note": "Bukan."},
    "ask_reporter": {"question": "Di mana?"},
    "extend": {"note": "Menunggu bahan.", "expected_at": (datetime.now(UTC) + timedelta(days=25)).isoformat()},
    "refer": {"suggested_agency": "pln", "note": "123"},
    "reject": {"reason_code": "uji", "note": "Bukan laporan."},
}
REPLIES: Final[dict[str, dict[str, Any]]] = {
    "answer": {},
    "confirm": {},
    "reopen": {},
    "withdraw": {},
    "rate": {"rating": 3},
}
ORDERS: Final[dict[str, dict[str, Any]]] = {
    "assign": {"agency": "dlhkp"},
    "ask": {"note": "Di mana?"},
    "reject": {"reason_code": "uji", "note": "Bukan laporan."},
    "refer": {"agency": "pln", "note": "123"},
}


@dataclass(frozen=True)
class Update:
    """On agencies.updates, once for each of `lanes` (partitions). `agency` None: the one that has the report."""

    action: str
    agency: str | None
    lanes: tuple[int, ...]


@dataclass(frozen=True)
class Reply:
    """On reporters.replies."""

    action: str
    lanes: tuple[int, ...]


@dataclass(frozen=True)
class Order:
    """An officer's, over HTTP, once to each of `routers`."""

    action: str
    routers: tuple[int, ...]


@dataclass(frozen=True)
class Days:
    """As if so many days had gone by for the report."""

    number: int


Command = Update | Reply | Order | Days
Volley = list[list[Command]]  # for each report what is asked of it

# Of each topic one router reads the first partitions and one the last. What is asked twice may come to both at once.
_LANES: Final = st.sampled_from([(0,), (topics.PARTITIONS - 1,), (0, topics.PARTITIONS - 1)])
_ROUTERS: Final = st.sampled_from([(0,), (1,), (0, 1)])
_AGENCIES: Final = st.sampled_from([None, None, None, None, "pupr", OFFICE])


def _updates() -> st.SearchStrategy[Command]:
    return st.builds(Update, st.sampled_from(list(ACTS)), _AGENCIES, _LANES)


def _replies() -> st.SearchStrategy[Command]:
    # Whose report is withdrawn has no more to tell.
    actions = ["answer", "confirm", "confirm", "reopen", "reopen", "reopen", "rate", "withdraw"]
    return st.builds(Reply, st.sampled_from(actions), _LANES)


# Agencies and reporters are there more than once, as they have the most to say.
_COMMANDS: Final[st.SearchStrategy[Command]] = st.one_of(
    _updates(),
    _updates(),
    _updates(),
    _replies(),
    _replies(),
    st.builds(Order, st.sampled_from(list(ORDERS)), _ROUTERS),
    st.builds(Days, st.sampled_from([3, 12, 40])),
)
VOLLEYS: Final[st.SearchStrategy[Volley]] = st.lists(
    st.lists(_COMMANDS, max_size=8), min_size=REPORTS, max_size=REPORTS
)
