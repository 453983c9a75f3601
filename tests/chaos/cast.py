"""Who says what: report number `n` of a seed, and the life that is played with it. Pure; nobody real."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

# As docs/channels.md tells channels: the id of a report follows from its channel and the channel's own id.
TANGGAP: Final = UUID("6f0a3b1e-7c53-5d0b-9d6a-2f1c4e8a9b70")
PARTITIONS: Final = 12
DOOR: Final = "chaos-app"  # the channel of those who come through the HTTP door
_CHANNELS: Final = ("web", "whatsapp-bot", "call-centre", "partner-app")
_CLEAR: Final = (
    "Jalan berlubang di depan pasar, aspal rusak parah dan jalan ambles",
    "Lampu PJU mati sudah seminggu, jalan gelap gulita",
    "Sampah plastik menumpuk di sungai dan di saluran, mohon pembersihan",
)
_VAGUE: Final = "Mohon diperhatikan, sudah lama begini terus"
_DANGER: Final = "Kebakaran rumah di dekat pasar, api besar, tolong segera"
_PROOF: Final = [{"url": "https://example.org/foto.jpg", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}]


@dataclass(frozen=True, slots=True)
class Scene:
    """One move in the life of a report, and the status that it leads to."""

    actor: str  # agency, reporter
    action: str
    leads_to: str
    more: tuple[tuple[str, Any], ...] = ()


def _agency(action: str, leads_to: str, **more: Any) -> Scene:
    return Scene("agency", action, leads_to, tuple(more.items()))


def _reporter(action: str, leads_to: str) -> Scene:
    return Scene("reporter", action, leads_to)


_COMPLETE: Final = _agency("complete", "completed", note="Sudah selesai.", evidence=_PROOF)
LIVES: Final[tuple[tuple[Scene, ...], ...]] = (
    (
        _agency("acknowledge", "in_progress"),
        _agency("start", "in_progress"),
        _agency("answer", "answered", note="Akan kami perbaiki."),
        _COMPLETE,
        _reporter("confirm", "closed"),
    ),
    (
        _agency("ask_reporter", "needs_information", question="Di sebelah mana?"),
        _reporter("answer", "in_progress"),
        _COMPLETE,
        _reporter("reopen", "reopened"),
        _agency("start", "in_progress"),
        _COMPLETE,
        _reporter("confirm", "closed"),
    ),
    (
        _agency("not_ours", "assigned", note="Bukan wewenang kami."),
        _agency("acknowledge", "in_progress"),
        _COMPLETE,
        _reporter("confirm", "closed"),
    ),
    (_agency("acknowledge", "in_progress"), _reporter("withdraw", "withdrawn")),
    (_agency("answer", "answered", note="Sudah kami jawab."), _reporter("confirm", "closed")),
)
# A lifecycle of the spike pattern: submit, wait for the route, then these.
PLAIN_LIFE: Final = (
    _agency("acknowledge", "in_progress"),
    _agency("start", "in_progress"),
    _COMPLETE,
    _reporter("confirm", "closed"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """What report `number` is: how it comes, and what else is done with it."""

    number: int
    channel: str
    external_id: str
    value: dict[str, Any]
    door: bool = False  # through HTTP
    valid: bool = True
    mail: bool = True  # its reporter gave an address
    twice: bool = False
    conflict: bool = False
    life: tuple[Scene, ...] = ()

    @property
    def report_id(self) -> UUID:
        """Known before anybody answers."""
        return uuid5(TANGGAP, f"report\x1f{self.channel}\x1f{self.external_id}")

    @property
    def message(self) -> bytes:
        """As it is published."""
        return json.dumps(self.value).encode()

    @property
    def other_message(self) -> bytes:
        """Other content under the same id."""
        return json.dumps({**self.value, "text": "Sesuatu yang lain sama sekali."}).encode()

    @property
    def partition(self) -> int:
        """Where it is published: repeats and conflicts must come behind it."""
        return self.number % PARTITIONS


class Cast:
    """The parts of a run, by number; the same seed, the same parts."""

    def __init__(
        self,
        seed: int,
        mark: str,
        lives: float = 0.05,
        doors: float = 0.02,
        played: tuple[tuple[Scene, ...], ...] = LIVES,
    ) -> None:
        self._seed, self._mark, self._lives, self._doors, self._played = seed, mark, lives, doors, played

    def part(self, number: int) -> Part:
        """Report `number`."""
        chance = Random(self._seed << 32 | number)
        draw = chance.random()
        door = draw < self._doors
        life = not door and draw < self._doors + self._lives
        odd = draw if not door and not life else 0.5
        channel = DOOR if door else _CHANNELS[number % len(_CHANNELS)]
        external_id = f"{self._mark}-{number}"
        invalid, vague, danger = 0.98 <= odd < 0.99, 0.90 <= odd < 0.94, 0.94 <= odd < 0.945
        text = _VAGUE if vague else _DANGER if danger else _CLEAR[number % len(_CLEAR)]
        mail = chance.random() < 0.5  # the others gave no address: they ask for their code at the door
        value: dict[str, Any] = {
            "channel": channel,
            "external_id": external_id,
            "submitted_at": "2026-11-23T10:00:00+07:00",
            "text": "" if invalid else f"{text} ({number}).",
            "reporter": {"name": "Rahayu Prameswari"},
        }
        if not vague:
            value["location"] = {"lat": round(-7.66 + chance.random() * 0.02, 5), "lng": 112.9072}
        if mail:
            value["reporter"]["email"] = f"r{number}@{self._mark}.example"
        return Part(
            number, channel, external_id, value, door, not invalid, mail and not invalid,
            twice=0.95 <= odd < 0.97, conflict=0.97 <= odd < 0.98, life=chance.choice(self._played) if life else (),
        )  # fmt: skip
