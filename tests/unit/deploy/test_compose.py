"""What can be known of docker-compose.yml without Docker: it fits the services, and holds them short."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from deploy.local.jar_lock import read_lock
from shared import http
from shared.settings import PREFIX, IntakeSettings, NotifierSettings, OperatorSettings, RouterSettings

ROOT = Path(__file__).parents[3]
SETTINGS: dict[str, type[BaseSettings]] = {
    "intake": IntakeSettings,
    "router": RouterSettings,
    "notifier": NotifierSettings,
    "prepare": OperatorSettings,
}
RUNNING = ("intake", "router", "notifier")
Service = dict[str, Any]


SERVICES: dict[str, Service] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def told(name: str) -> dict[str, str | None]:
    """The service's own settings, as the file spells them."""
    return {key: value for key, value in SERVICES[name]["environment"].items() if key.startswith(PREFIX)}


def field_of(variable: str) -> str:
    return variable.removeprefix(PREFIX).removesuffix("_FILE").lower()


@pytest.mark.parametrize("name", SETTINGS)
def test_every_variable_is_one_that_the_settings_know(name: str) -> None:
    assert {field_of(variable) for variable in told(name)} <= set(SETTINGS[name].model_fields)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_required_setting_is_told(name: str) -> None:
    required = {field for field, info in SETTINGS[name].model_fields.items() if info.is_required()}

    assert required <= {field_of(variable) for variable, value in told(name).items() if value is not None}


def test_prepare_is_told_every_database_and_where_the_others_are() -> None:
    databases = {field for field in OperatorSettings.model_fields if field.endswith("database_url")}

    assert databases | {"kafka_bootstrap_servers", "intake_url", "pack"} <= {field_of(name) for name in told("prepare")}


@pytest.mark.parametrize("name", RUNNING)
def test_the_health_check_asks_a_port_and_path_that_the_service_has(name: str) -> None:
    port = SETTINGS[name].model_fields["http_port"].default

    assert f'"http://127.0.0.1:{port}{http.READY}"' in SERVICES[name]["healthcheck"]["test"][-1]
    assert told(name)["TANGGAP_HTTP_PORT"] == str(port)
    assert told(name)["TANGGAP_HTTP_HOST"] == "0.0.0.0"  # noqa: S104 - a container's own address is not known before
    assert SERVICES[name]["ports"][0].endswith(f":{port}")


@pytest.mark.parametrize("name", RUNNING)
def test_the_command_runs_a_service_that_is_there(name: str) -> None:
    assert SERVICES[name]["command"] == ["python", "-m", f"services.{name}"]
    assert (ROOT / "services" / name / "__main__.py").is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_can_come_true(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert wait["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"] == "no"


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_starts_after_broker_database_and_preparation(name: str) -> None:
    assert {"kafka", "postgres", "prepare"} <= set(SERVICES[name]["depends_on"])


@pytest.mark.parametrize("name", SETTINGS)
def test_what_we_run_can_change_nothing_but_its_tmp(name: str) -> None:
    service = SERVICES[name]

    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]  # noqa: S108 - the container's own
    assert service["cap_drop"] == ["ALL"]
    assert "volumes" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_has_limits_and_no_way_to_more_rights(name: str) -> None:
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]
    assert SERVICES[name]["mem_limit"]
    assert SERVICES[name]["restart"] == ("no" if name == "prepare" else "unless-stopped")
    assert not SERVICES[name].get("privileged")


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_is_given_the_time_that_its_stop_may_take(name: str) -> None:
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > 10


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_the_database_is_not_published_at_all() -> None:
    assert "ports" not in SERVICES["postgres"]


def test_the_broker_is_the_version_that_is_tested_and_makes_no_topics_by_itself() -> None:
    (tested,) = {jar.version for jar in read_lock() if jar.artifact == "kafka-clients"}

    assert SERVICES["kafka"]["image"] == f"apache/kafka:{tested}"
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def compose_plugin() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    return subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not compose_plugin(), reason="no docker compose on this machine; the rest above needs none")
@pytest.mark.parametrize("also", [[], ["--file", "deploy/compose/relay.yml"]])
def test_compose_itself_accepts_the_file(also: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANGGAP_MAIL_FROM", "tanggap@example.org")
    command = ["docker", "compose", "--file", "docker-compose.yml", *also, "config", "--quiet"]

    assert subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True).stderr == ""
