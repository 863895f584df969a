"""The container's files say what the code knows; there may be no engine to build them with."""

import json
import re
import tomllib
from pathlib import Path

import typer
import yaml
from pydantic import SecretStr

from runtime.cli.main import app
from runtime.database.url import POSTGRES, parse_url
from runtime.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
COMMANDS = typer.main.get_group(app).commands


def test_it_starts_with_a_command_and_options_that_there_are() -> None:
    said = [json.loads(each) for each in re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]
    said += [each["command"] for each in COMPOSE["services"].values() if "command" in each]
    assert len(said) == 4
    for command, *rest in said:
        known = {option for each in COMMANDS[command].params for option in each.opts}
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
    [user] = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)
    assert f"--uid {user} " in DOCKERFILE
    assert int(user) > 0
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


def test_its_python_is_one_that_the_project_runs_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    least = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    versions = re.findall(r"^FROM python:(\d+)\.(\d+)[.\d]*-slim", DOCKERFILE, re.MULTILINE)
    assert len(versions) == 3
    assert len(set(versions)) == 1  # what one stage built, the last runs
    assert tuple(map(int, versions[0])) >= least


def test_what_builds_the_project_is_among_what_is_locked() -> None:
    assert re.search(r"^hatchling==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert "--no-build-isolation" in DOCKERFILE


def test_its_services_share_a_database_that_can_be_opened_and_publish_to_this_machine_only() -> (
    None
):
    services = dict(COMPOSE["services"])
    database = services.pop("database")
    assert set(services) == {"web", "worker", "doctor"}
    for service in services.values():
        url = parse_url(service["environment"]["ORCHESTRATOR_DATABASE_URL"])
        assert (url.drivername, url.host) == (POSTGRES, "database")
        assert url.database == database["environment"]["POSTGRES_DB"]
        assert url.username == database["environment"]["POSTGRES_USER"]
        assert service["depends_on"]["database"]["condition"] == "service_healthy"
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert set(COMPOSE["volumes"]) == {each.split(":")[0] for each in database["volumes"]}


def test_every_service_is_bounded_and_can_gain_nothing() -> None:
    for service in COMPOSE["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True
        assert service["mem_limit"]
        assert service["pids_limit"]
        assert "/tmp" in service["tmpfs"]  # noqa: S108 (a container's own)
    added = {name for name, each in COMPOSE["services"].items() if "cap_add" in each}
    assert added == {"database"}


def test_a_worker_is_asked_whether_it_works_where_it_listens() -> None:
    worker = COMPOSE["services"]["worker"]
    port = worker["command"][worker["command"].index("--port") + 1]
    assert f"http://127.0.0.1:{port}/api/health/work" in worker["healthcheck"]["test"][-1]
    assert not worker.get("ports")


def test_a_secret_is_handed_only_to_who_uses_it() -> None:
    """The doctor runs once and by hand, and looks at all of them."""
    secrets = {
        f"ORCHESTRATOR_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.annotation is SecretStr
    }
    services = COMPOSE["services"]
    web, worker = (secrets & set(services[name]["environment"]) for name in ("web", "worker"))
    assert secrets == web | worker
    of_people = {"ORCHESTRATOR_GITHUB_CLIENT_SECRET", "ORCHESTRATOR_SECRET_KEY"}
    assert web == {"ORCHESTRATOR_WEBHOOK_SECRET", "ORCHESTRATOR_ADMIN_TOKEN"} | of_people
    assert "ORCHESTRATOR_WEBHOOK_SECRET" not in worker
    assert [name for name, each in services.items() if "env_file" in each] == ["doctor"]
    assert services["doctor"]["profiles"]
