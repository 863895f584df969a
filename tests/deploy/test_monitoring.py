"""Alert rules and the dashboard ask for what `/metrics` has, by its names and labels."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.metrics import Metrics
from api.webhooks import PATH
from tests.api.documented import operations

ROOT = Path(__file__).parents[2]
DEPLOY, SOURCE = ROOT / "deploy", ROOT / "src"
RULES = yaml.safe_load((DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))

# Prometheus adds these to whatever it scrapes.
ITS_OWN = {"up": set[str]()}
ITS_LABELS = {"job", "instance"}
_SELECTOR = re.compile(r"\b(up|orchestrator_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
_GROUPING = re.compile(r"\bby\s*\(([^)]*)\)")


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DASHBOARD["panels"]
    return found


def expressions() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["definition"]


def told() -> Mapping[str, set[str]]:
    """Return every sample's name with its labels, once everything that can be counted was."""
    metrics = Metrics()
    metrics.request("POST", PATH, 202, 0.01)
    metrics.delivery("accepted")
    metrics.background({"projections": False}, 0)
    metrics.turned_away("address")
    page = metrics.page(1, {"lanes": 0}, {"lanes": 0}).decode()
    names: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels)
    return names


TOLD = told()


@pytest.mark.parametrize(("name", "expression"), list(expressions()))
def test_what_is_asked_for_is_told(name: str, expression: str) -> None:
    selected = _SELECTOR.findall(expression)
    assert selected, name
    known = {**TOLD, **ITS_OWN}
    labels: set[str] = set()
    for metric, matchers in selected:
        assert metric in known, metric
        of_metric = known[metric] | ITS_LABELS
        assert set(_MATCHER.findall(matchers)) <= of_metric, metric
        labels |= of_metric
    grouped = {each.strip() for by in _GROUPING.findall(expression) for each in by.split(",")}
    assert grouped <= labels


def values(label: str) -> set[str]:
    """Return every value of a label that some expression picks or leaves out."""
    found = re.findall(
        rf'\b{label}\s*(?:=~|!~|!=|=)\s*"([^"]*)"', " ".join(e for _, e in expressions())
    )
    return {value for each in found for value in each.split("|")}


def test_routes_and_outcomes_are_such_as_there_are() -> None:
    """A value that nothing has would make an alert silent for ever."""
    assert values("route") <= {operation.path for operation in operations()}
    source = "".join(file.read_text("utf-8") for file in SOURCE.glob("*/*.py"))
    assert [code for code in values("outcome") if f'"{code}"' not in source] == []


def test_every_alert_says_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"].keys() == {"summary", "description"}
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_the_dashboard_is_a_model_that_grafana_imports() -> None:
    """By its JSON model: ids that differ, places that do not overlap, a data source to choose."""
    assert DASHBOARD["schemaVersion"] >= 36
    assert len({panel["id"] for panel in panels()}) == len(panels())
    taken = [cell for panel in panels() for cell in cells(panel["gridPos"])]
    assert len(set(taken)) == len(taken)
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} >= {"datasource"}
    for panel in panels():
        assert panel["type"] in {"stat", "timeseries"}
        assert [target["datasource"] for target in panel["targets"]] == [chosen] * len(
            panel["targets"]
        )


def cells(place: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    assert place["x"] + place["w"] <= 24
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            yield x, y
