"""The types are right: `make types`, as one piece of work among the others."""

import subprocess
import sys

from deploy.local.catcher import CHECKOUT


def test_the_types_are_right() -> None:
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
