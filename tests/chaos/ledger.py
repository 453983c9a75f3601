"""What was sent, as those who sent it know: the one side of the oracle's comparison."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ledger:
    """Filled by the crowd while it acts. Numbers are those of the cast."""

    taken: bytearray = field(default_factory=bytearray)  # by number: 1 once the broker or the door said yes
    answers: Counter[int] = field(default_factory=Counter)  # of the HTTP door, by status; 0: none came
    lacking_retry: int = 0  # 503 without Retry-After
    failed: list[float] = field(default_factory=list)  # when each publication began that was answered by an error
    lives: dict[int, int] = field(default_factory=dict)  # by number: how many scenes were played

    @property
    def resent(self) -> int:
        """Messages that were sent again because no answer came."""
        return len(self.failed)

    def take(self, number: int) -> None:
        """Somebody was told that report `number` is safe."""
        if number >= len(self.taken):
            self.taken.extend(bytes(number + 1024 - len(self.taken)))
        self.taken[number] = 1

    def numbers(self) -> list[int]:
        """Those that were taken."""
        return [number for number, yes in enumerate(self.taken) if yes]
