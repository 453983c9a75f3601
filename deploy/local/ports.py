"""Free TCP ports on the loopback address."""

import os
import socket
from collections.abc import Iterator

LOOPBACK = "127.0.0.1"

# Below the ranges from which systems take the ports of outgoing connections: a client that knocks on a stopped
# member's port of such a range may end up connected to itself and keep the member from coming back.
_SPARE = range(20_000, 30_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as knock:
        knock.settimeout(0.5)
        if knock.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as seat:
        # A port whose last connections are still in TIME_WAIT is free for a server.
        seat.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            seat.bind((LOOPBACK, port))
            seat.listen(1)
        except OSError:
            return False
    return True


class Ports:
    """Hands out free ports, each at most once in its life.

    `TANGGAP_LOCAL_PORTS=21000-21999` keeps to these ports: two stacks that start and restart servers side by side never
    reach for a port that the other has just left.
    """

    def __init__(self) -> None:
        self._given: set[int] = set()
        first, _, last = os.environ.get("TANGGAP_LOCAL_PORTS", "").partition("-")
        self._own = range(int(first), int(last) + 1) if first and last else None

    def take(self, wanted: int) -> int:
        """The wanted port where it is free, else a free one of the spare range; where there is an own range, one of it.

        Raises:
            OSError: no port of the range is free.
        """
        for port in self._own or _candidates(wanted):
            if port not in self._given and is_free(port):
                self._given.add(port)
                return port
        searched = self._own or _SPARE
        message = f"no free TCP port between {searched.start} and {searched.stop - 1}"
        raise OSError(message)


def _candidates(wanted: int) -> Iterator[int]:
    yield wanted
    # Two stacks that start at the same moment begin their search in different places.
    first = os.getpid() * 101 % len(_SPARE)
    yield from (_SPARE[(first + step) % len(_SPARE)] for step in range(len(_SPARE)))
