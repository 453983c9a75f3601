"""How tests run side by side: each worker with stacks on ports of its own, and nobody in a hurry."""

import os

from hypothesis import HealthCheck, settings

if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    first, last = map(int, os.environ.get("TANGGAP_LOCAL_PORTS", "21000-28999").split("-"))
    share = (last - first + 1) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    first += share * int(worker)
    os.environ["TANGGAP_LOCAL_PORTS"] = f"{first}-{first + share - 1}"

# How long an example takes is no property of ours: a machine that others use as well is slow, not broken.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the type checker and commands that are run leave gaps."""
    return (os.cpu_count() or 1) + 1
