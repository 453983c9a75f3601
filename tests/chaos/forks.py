"""Starts the notifier again and again without loading Python's modules each time: killed 200 times it would take hours.

Each line on standard input starts one, as `python -m services.notifier` would, and answers with its process id.
"""

import os
import signal
import sys

from services.notifier.__main__ import Notifier
from shared.settings import NotifierSettings, load


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            Notifier(load(NotifierSettings)).run()
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
