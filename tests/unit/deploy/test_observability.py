"""Prometheus finds the services of docker-compose.yml, and each alert and panel tells a reader what to do."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared import http
from shared.settings import PREFIX, IntakeSettings, NotifierSettings, RouterSettings, Settings

ROOT = Path(__file__).parents[3]
PROMETHEUS = ROOT / "deploy/prometheus"
SETTINGS: dict[str, type[Settings]] = {"intake": IntakeSettings, "router": RouterSettings, "notifier": NotifierSettings}
PORTS = {name: kind.model_fields["http_port"].default for name, kind in SETTINGS.items()}


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


COMPOSE = read("docker-compose.yml")["services"]
RULES = [rule for group in read("deploy/prometheus/rules.yml")["groups"] for rule in group["rules"]]
TESTS = read("deploy/prometheus/rules_test.yml")["tests"]
BOARD = json.loads((ROOT / "deploy/grafana/dashboards/tanggap.json").read_text())


def test_prometheus_asks_each_service_at_its_port() -> None:
    jobs = {job["job_name"]: job for job in read("deploy/prometheus/prometheus.yml")["scrape_configs"]}

    assert {name: jobs[name]["static_configs"][0]["targets"] for name in PORTS} == {
        name: [f"{name}:{port}"] for name, port in PORTS.items()
    }
    assert {jobs[name].get("metrics_path", "/metrics") for name in PORTS} == {http.METRICS}


def test_prometheus_reads_the_rules_that_are_tested() -> None:
    assert read("deploy/prometheus/prometheus.yml")["rule_files"] == ["rules.yml"]
    assert read("deploy/prometheus/rules_test.yml")["rule_files"] == ["rules.yml"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_is_wrong_how_urgent_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule["annotations"]) == {"summary", "action"}
    assert rule["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_is_in_the_operators_page(rule: dict[str, Any]) -> None:
    assert f"`{rule['alert']}`" in (ROOT / "docs/operators.md").read_text()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_is_seen_to_fire(rule: dict[str, Any]) -> None:
    cases = [case for test in TESTS for case in test["alert_rule_test"] if case["alertname"] == rule["alert"]]

    assert any(case["exp_alerts"] for case in cases)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool on this machine; the rest needs none")
@pytest.mark.parametrize("command", [["check", "config", "prometheus.yml"], ["test", "rules", "rules_test.yml"]])
def test_prometheus_own_tool_accepts_the_files(command: list[str]) -> None:
    done = subprocess.run(["promtool", *command], check=False, cwd=PROMETHEUS, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_board_is_where_grafana_looks_for_it() -> None:
    (provider,) = read("deploy/grafana/provisioning/dashboards/tanggap.yml")["providers"]
    mounts = dict(mount.split(":")[:2] for mount in COMPOSE["grafana"]["volumes"])
    home = COMPOSE["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]

    assert mounts["./deploy/grafana/dashboards"] == provider["options"]["path"] == os.path.dirname(home)  # noqa: PTH120 - a container's path
    assert (ROOT / "deploy/grafana/dashboards" / Path(home).name).is_file()
    assert mounts["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"


def test_the_board_asks_the_source_that_is_provisioned() -> None:
    (source,) = read("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]
    panels = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
    asked = {part["datasource"]["uid"] for panel in panels for part in (panel, *panel["targets"])}

    assert asked == {source["uid"]}
    assert source["url"] == "http://prometheus:9090"


@pytest.mark.parametrize("panel", [p for p in BOARD["panels"] if p["type"] != "row"], ids=lambda p: str(p["title"]))
def test_a_panel_says_what_to_make_of_it(panel: dict[str, Any]) -> None:
    assert len(panel["description"]) > 40
    assert panel["fieldConfig"]["defaults"]["unit"]


def test_panels_do_not_lie_on_each_other() -> None:
    taken = [
        (column, line)
        for panel in BOARD["panels"]
        for column in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for line in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(taken) == len(set(taken))
    assert max(column for column, _ in taken) < 24
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_in_the_operators_page(name: str) -> None:
    page = (ROOT / "docs/operators.md").read_text()

    for field, info in SETTINGS[name].model_fields.items():
        assert f"| `{PREFIX}{field.upper()}` |" in page
        assert str(info.description).split(":", maxsplit=1)[0] in page
