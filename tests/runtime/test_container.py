"""The container's files say what the code knows; there may be no engine to build them with."""

import json
import re
from pathlib import Path

import typer
import yaml

from runtime.cli.main import app
from runtime.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
COMMANDS = typer.main.get_group(app).commands


def test_it_starts_with_a_command_and_options_that_there_are() -> None:
    said = [json.loads(each) for each in re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]
    said += [each["command"] for each in COMPOSE["services"].values() if "command" in each]
    assert len(said) == 3
    known = {option for each in COMMANDS["start"].params for option in each.opts}
    for command, *rest in said:
        assert command in COMMANDS
        assert {option for option in rest if option.startswith("--")} <= known


def test_its_settings_are_settings() -> None:
    named = set(re.findall(r"ORCHESTRATOR_([A-Z_]+)", DOCKERFILE + json.dumps(COMPOSE)))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_it_asks_a_path_of_the_api_whether_it_is_healthy() -> None:
    assert "/api/health/ready" in DOCKERFILE
    [port] = re.findall(r"EXPOSE (\d+)", DOCKERFILE)
    assert f"127.0.0.1:{port}/api/health/ready" in DOCKERFILE


def test_it_does_not_run_as_root_and_takes_in_no_secret() -> None:
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert not any(line.startswith("!.env") for line in ignored)


def test_what_it_copies_is_there_and_not_ignored() -> None:
    kept = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copied = [
        name
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
        for name in line.split()
    ]
    assert sorted(copied) == sorted(kept)
    assert all((ROOT / name).exists() for name in copied)
