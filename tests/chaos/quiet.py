"""The harness's own clients complain at length about what the harness does to them."""

import logging


def hush() -> None:
    """Let nothing of that through."""
    for name in ("aiokafka", "asyncio", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
