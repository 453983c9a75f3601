"""The arrows of the house: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRANSPORT = {"aiokafka", "faststream", "asyncpg", "starlette", "uvicorn", "httpx", "aiosmtplib"}
# Where a decision meets the world; every other module of a service is a decision and knows nothing of it.
EDGES = {
    "__main__",
    "handlers",
    "store",
    "tracking",
    "sending",
    "email",
    "door",
    "asking",
    "filing",
    "keyring",
    "addressing",
}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def top(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", modules("shared"), ids=str)
def test_shared_imports_no_service_and_no_command(path: Path) -> None:
    assert not top(imports(path)) & {"services", "console", "deploy", "tests"}


@pytest.mark.parametrize("path", modules("services"), ids=str)
def test_a_service_imports_no_other_service_and_no_command(path: Path) -> None:
    own = path.relative_to(ROOT / "services").parts[0]
    foreign = {name for name in imports(path) if name.startswith("services.") and name.split(".")[1] != own}
    assert not foreign
    assert not top(imports(path)) & {"console", "deploy", "tests"}


@pytest.mark.parametrize(
    "path", [path for path in modules("services") if path.stem not in EDGES | {"__init__"}], ids=str
)
def test_a_decision_knows_neither_transport_nor_database(path: Path) -> None:
    assert not top(imports(path)) & TRANSPORT
    edges = {f"services.{path.parent.name}.{edge}" for edge in EDGES}
    assert not imports(path) & (edges | {"shared.database", "shared.stream", "shared.outbox", "shared.service"})


@pytest.mark.parametrize("folder", ["services", "shared", "deploy"])
def test_nobody_imports_the_command(folder: str) -> None:
    assert not [path for path in modules(folder) if "console" in top(imports(path))]


@pytest.mark.parametrize("service", ["intake", "router", "notifier"])
def test_the_three_services_have_the_same_shape(service: str) -> None:
    folder = ROOT / "services" / service
    assert {"__main__.py", "handlers.py", "store.py", "migrations"} <= {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    "path", [path for path in modules("services") + modules("shared") if path.name != "store.py"], ids=str
)
def test_sql_is_written_in_the_stores(path: Path) -> None:
    allowed = {"outbox.py", "database.py"}
    statements = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lstrip().startswith(("select ", "insert into ", "update ", "delete from ", "with "))
        and "\n" in node.value
    ]
    assert path.name in allowed or not statements
