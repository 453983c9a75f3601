"""Every alert, and every panel of the board, asks for a metric that the services keep, by labels that it has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from shared import metrics

ROOT = Path(__file__).parents[3]
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text())["groups"]
    for rule in group["rules"]
]
BOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/dashboards/tanggap.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = {
    **{f"alert {rule['alert']}": rule["expr"] for rule in RULES},
    **{f"panel {panel['title']} {target['refId']}": target["expr"] for panel in PANELS for target in panel["targets"]},
}
# Labels that Prometheus adds by itself, and a histogram's own.
ADDED = frozenset({"job", "instance", "le"})
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool"}
OURS = tuple(value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase))


def kept() -> dict[str, frozenset[str]]:
    """Each series that a service shows, with its labels: ours, and what the client library tells of the process."""
    series = {"up": frozenset[str]()}
    for metric in OURS:
        for family in metric.describe():
            series.update({family.name + end: frozenset(metric._labelnames) for end in SUFFIXES[family.type]})
    process = (family for family in REGISTRY.collect() if family.name.startswith("process_"))
    return series | {family.name + end: frozenset[str]() for family in process for end in SUFFIXES[family.type]}


KEPT = kept()


def selectors(expression: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each metric that a PromQL expression names, with the labels that it picks by."""
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", " ", expression)
    for match in re.finditer(r"(?<![\w\"$])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\(|[\w\"])", without_windows(bare)):
        if match[1] not in WORDS:
            yield match[1], frozenset(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", match[2] or ""))


def without_windows(expression: str) -> str:
    return re.sub(r"\[[^]]*\]|\boffset\s+\w+", " ", expression)


def grouped_by(expression: str) -> set[str]:
    named = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression)
    return {label.strip() for labels in named for label in labels.split(",") if label.strip()}


def test_the_reader_of_expressions_sees_what_is_there() -> None:
    expression = 'sum by (le, job) (rate(a_bucket{stage="told"}[5m])) > 3 and up offset 15m unless on (job) b'

    assert dict(selectors(expression)) == {"a_bucket": {"stage"}, "up": frozenset(), "b": frozenset()}
    assert grouped_by(expression) == {"le", "job"}


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_an_expression_asks_for_what_the_services_keep(where: str) -> None:
    asked = dict(selectors(EXPRESSIONS[where]))

    assert asked
    assert set(asked) <= set(KEPT)
    assert {name: labels - KEPT[name] - ADDED for name, labels in asked.items() if labels - KEPT[name] - ADDED} == {}
    assert grouped_by(EXPRESSIONS[where]) <= frozenset().union(*(KEPT[name] for name in asked)) | ADDED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_a_text_names_labels_that_the_alert_has(rule: dict[str, Any]) -> None:
    texts = " ".join(rule["annotations"].values())
    asked = dict(selectors(rule["expr"]))

    named = set(re.findall(r"\$labels\.(\w+)", texts))
    assert named <= (grouped_by(rule["expr"]) or frozenset().union(*(KEPT[name] for name in asked)) | ADDED)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_a_legend_names_labels_that_the_series_have(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        asked = dict(selectors(target["expr"]))
        there = grouped_by(target["expr"]) or frozenset().union(*(KEPT[name] for name in asked)) | ADDED
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= there


@pytest.mark.parametrize("metric", OURS, ids=lambda metric: str(metric._name))
def test_every_metric_is_on_the_board(metric: MetricWrapperBase) -> None:
    shown = {name for where, text in EXPRESSIONS.items() if where.startswith("panel") for name, _ in selectors(text)}

    assert any(name.startswith(family.name) for name in shown for family in metric.describe())
