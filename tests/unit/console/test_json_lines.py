"""Every command says what it has to say as JSON lines, too, and what went wrong is one of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from console import demo as demo_command
from console import learn as learn_command
from console import topics as topics_command
from console.__main__ import app
from deploy.local.failure import StackError
from shared.settings import OperatorSettings

CITY = Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-tanjung-kencana"
NOBODY = "127.0.0.1:1"
DATABASE = f"postgresql://nobody:x@{NOBODY}/none"
ADDRESSES = {
    "TANGGAP_KAFKA_BOOTSTRAP_SERVERS": NOBODY,
    "TANGGAP_DATABASE_URL": DATABASE,
    "TANGGAP_INTAKE_DATABASE_URL": DATABASE,
    "TANGGAP_ROUTER_DATABASE_URL": DATABASE,
    "TANGGAP_NOTIFIER_DATABASE_URL": DATABASE,
    "TANGGAP_INTAKE_URL": f"http://{NOBODY}",
    "TANGGAP_MAIL_URL": f"http://{NOBODY}",
    "TANGGAP_PACK": str(CITY),
}


@pytest.fixture(autouse=True)
def _no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers, whatever runs on this machine."""
    monkeypatch.setitem(OperatorSettings.model_config, "env_file", None)


def tanggap(*words: object, **environment: str | None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={**ADDRESSES, **environment})


def lines(done: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def commands(command: Any, name: str = "tanggap") -> Iterator[tuple[str, Any]]:
    """Every command that does something, by what is typed for it."""
    below = getattr(command, "commands", {})
    if not below:
        yield name, command
    for word, one in below.items():
        yield from commands(one, f"{name} {word}")


@pytest.mark.parametrize(("name", "command"), [pytest.param(*one, id=one[0]) for one in commands(get_command(app))])
def test_every_command_has_json(name: str, command: Any) -> None:
    options = {option for parameter in command.params for option in getattr(parameter, "opts", ())}
    assert "--json" in options, name


def test_what_cannot_be_reached_is_one_json_line(tmp_path: Path) -> None:
    reports = tmp_path / "reports.jsonl"
    reports.write_text('{"channel":"web","external_id":"1","text":"Jalan rusak"}\n', encoding="utf-8")
    for code, words in (
        ("no-broker", ("publish", reports)),
        ("no-broker", ("topics",)),
        ("no-database", ("migrate",)),
        ("no-database", ("learn",)),
        ("no-database", ("model", "on", "1")),
        ("no-database", ("model", "off")),
        ("no-database", ("model", "back")),
        ("no-catcher", ("mail", "show", "latest")),
    ):
        done = tanggap(*words, "--json")
        assert (done.exit_code, [line["error"] for line in lines(done)]) == (1, [code]), (words, done.output)
        assert done.stderr == "", words


def test_to_people_it_is_one_line_on_stderr(tmp_path: Path) -> None:
    reports = tmp_path / "reports.jsonl"
    reports.write_text("{}\n", encoding="utf-8")
    done = tanggap("publish", reports)
    assert (done.exit_code, done.stdout.strip()) == (1, "")
    assert done.stderr.startswith("the broker does not answer (KafkaConnectionError)")
    assert len(done.stderr.splitlines()) == 1


def test_an_address_that_is_not_set_is_bad_usage() -> None:
    unset = dict.fromkeys(ADDRESSES)
    for words in (("migrate",), ("model", "off"), ("reconcile",)):
        done = tanggap(*words, "--json", **unset)
        assert (done.exit_code, [line["error"] for line in lines(done)]) == (2, ["not-set"]), words


def test_a_mail_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx, "get", lambda *_words, **_options: httpx.Response(404))
    done = tanggap("mail", "show", "1", "--json")
    assert (done.exit_code, lines(done)) == (1, [{"error": "not-found", "message": "there is no such mail"}])


def test_too_few_cases_to_learn_from(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text("text,agency\nJalan rusak,pu\n", encoding="utf-8")
    done = tanggap("learn", "--csv", history, "--json")
    (line,) = lines(done)
    assert (done.exit_code, line["error"]) == (1, "too-few")
    assert "too few to learn from" in line["message"]


def test_a_pack_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("code = 1\n", encoding="utf-8")
    for words in (("learn", "--csv", tmp_path / "history.csv"), ("preview",)):
        done = tanggap(*words, "--pack", tmp_path, "--json")
        assert done.exit_code == 1, words
        assert lines(done), words
        assert all({"file", "line", "message"} == line.keys() for line in lines(done)), words


def test_what_decides_after_a_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn_command, "in_database", lambda *_words, **_options: (True, "2026-1"))
    assert lines(tanggap("model", "back", "--json")) == [{"model_version": "2026-1"}]
    assert lines(tanggap("model", "off", "--json")) == [{"model_version": None}]


def test_a_code_with_a_wrong_check_character_is_a_negative_result() -> None:
    done = tanggap("erase", "--report", "0000-0000-0000-01", "--json")
    assert (done.exit_code, [line["error"] for line in lines(done)]) == (1, ["not-a-code"])


def test_topics_that_were_made_and_one_that_differs() -> None:
    made, differs = topics_command.CREATED, ("differs", "has 3 partitions, the contract 12")
    assert topics_command._line("reports.status", made, as_json=False) == "created reports.status"
    assert topics_command._line("reports.status", differs, as_json=False).startswith("reports.status: has 3")
    said = [json.loads(topics_command._line("reports.status", what, as_json=True)) for what in (made, differs)]
    assert said == [
        {"topic": "reports.status", "result": "created"},
        {"topic": "reports.status", "error": "differs", "message": "has 3 partitions, the contract 12"},
    ]


def test_a_demo_that_fails_or_does_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_words: object, **_options: object) -> list[str]:
        raise StackError("kafka-failed", "Kafka ended.", "Start again.")

    async def differs(*_words: object, **_options: object) -> list[str]:
        return ["a = b: 1 is not 2"]

    monkeypatch.setattr(demo_command, "_demo", fails)
    done = tanggap("demo", "--json")
    assert (done.exit_code, lines(done)) == (1, [{"error": "kafka-failed", "message": "Kafka ended.\nStart again."}])
    monkeypatch.setattr(demo_command, "_demo", differs)
    done = tanggap("demo", "--json")
    assert (done.exit_code, lines(done)) == (1, [{"error": "does-not-add-up", "message": "a = b: 1 is not 2"}])
