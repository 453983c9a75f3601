"""The broker's jars: named by a committed lock, fetched once, verified at every start.

`python -m deploy.local.jars` fetches what is missing; `python -m deploy.local.jars lock` writes the lock anew.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from deploy.local.failure import StackError
from deploy.local.jar_lock import LOCK, Jar, digest, read_lock


def fetch(jars: Iterable[Jar], folder: Path, told: Callable[[str], None]) -> tuple[Path, ...]:
    """Have every jar in the folder, verified; what is missing or altered is fetched anew.

    Args:
        jars: what the lock names.
        folder: the cache; made where it is absent.
        told: is told how far it is.

    Raises:
        StackError: a jar could not be fetched, or what came is not what the lock names.
    """
    wanted = tuple(jars)
    missing = [jar for jar in wanted if not jar.is_at(folder / jar.file_name)]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        # Beside the cache, so that a file appears in it complete or not at all.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as workshop:
            _fetch_into(folder, missing, Path(workshop), told)
    return tuple(folder / jar.file_name for jar in wanted)


def _fetch_into(folder: Path, missing: list[Jar], workshop: Path, told: Callable[[str], None]) -> None:
    from deploy.local.maven import Repository  # noqa: PLC0415 - heavy, and not needed once the cache is full

    repository = Repository(workshop)
    with ThreadPoolExecutor(max_workers=8) as pool:
        arriving = {pool.submit(repository.download, jar.coordinate): jar for jar in missing}
        for count, arrived in enumerate(as_completed(arriving), start=1):
            jar = arriving[arrived]
            try:
                _accept(jar, arrived.result()).replace(folder / jar.file_name)
            except (OSError, RuntimeError) as problem:
                pool.shutdown(cancel_futures=True)
                raise StackError(
                    "jar-not-fetched",
                    f"{jar.coordinate} could not be fetched: {problem}",
                    "Check the network (and proxy settings), then run the command again: what has arrived is kept.",
                ) from problem
            if count % 10 == 0 or count == len(missing):
                told(f"fetched {count} of {len(missing)} jars")


def _accept(jar: Jar, path: Path) -> Path:
    if not jar.is_at(path):
        raise StackError(
            "jar-altered",
            f"{jar.coordinate} is not what the lock names: expected sha256 {jar.sha256}, got {digest(path)}.",
            "Do not use it; ask who runs your mirror or proxy. Where the lock itself is wrong: `make lock`.",
        )
    return path


def default_cache() -> Path:
    """Where the jars of this checkout are kept."""
    return Path(__file__).resolve().parents[2] / ".tanggap" / "cache"


def main(arguments: list[str]) -> None:
    """Fetch the jars of the lock, or write the lock (`lock`)."""
    if arguments == ["lock"]:
        from deploy.local.maven import write_lock  # noqa: PLC0415 - heavy, and only for this errand

        write_lock(LOCK)
        return
    try:
        fetch(read_lock(), default_cache() / "jars", lambda line: print(f"kafka: {line}", flush=True))
    except StackError as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main(sys.argv[1:])
