"""How often somebody may do something: a token bucket each, in bounded memory. Pure; seconds are handed in."""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

_KNOWN: Final = 10_000


class Allowance:
    """`burst` at once, then `per_minute`; who has not been heard of longest is forgotten when memory is full."""

    def __init__(self, per_minute: float, burst: float, known: int = _KNOWN) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._known = known
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, now: float) -> float:
        """Seconds until `who` may go on; 0 where it may now."""
        left = self._now_left(who, now)
        return 0.0 if left >= 1 else (1 - left) / self._rate

    def take(self, who: str, now: float, count: int = 1) -> None:
        """Count `count` against `who`; a debt is limited to one burst."""
        self._left[who] = (max(self._now_left(who, now) - count, -self._burst), now)
        self._left.move_to_end(who)
        if len(self._left) > self._known:
            self._left.popitem(last=False)

    def _now_left(self, who: str, now: float) -> float:
        left, then = self._left.get(who, (self._burst, now))
        return min(self._burst, left + max(0.0, now - then) * self._rate)

    def __len__(self) -> int:
        return len(self._left)


def neighbourhood(address: str) -> str:
    """Whom to count: an IPv4 address, or the /64 network of an IPv6 one, which a single household is given."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return ip.exploded[:19]
