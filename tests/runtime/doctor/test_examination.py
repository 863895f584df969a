"""All checks together, against a server that answers what it is told to."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events.github.agents import COPILOT_ALONE, reading_by
from events.github.names import COPILOT_AGENT_ID
from runtime.doctor import examination, needs
from runtime.doctor.examination import examine
from runtime.doctor.finding import Finding, State
from runtime.doctor.github_readings import MAX_REPOSITORIES
from runtime.doctor.hook import RECEIVER
from tests.databases import SqliteTemplate
from tests.gateway.credentials import a_key, pem
from tests.gateway.scripted import Script, ScriptedServer
from tests.runtime.doctor.told import by_check, held, of

pytestmark = pytest.mark.anyio

PEM = pem(a_key())
SECRETS = {
    "webhook_secret": "Wd81Kq0zPp7sVt3nHy6b",
    "admin_token": "Ax52Lm9cRr4uJe8dQo1f",
    "secret_key": "Pj47Tb2xGq9wCz6hKv3s",
    "acting_user_token": "github_pat_Zb63Nk7gSs5wMi2h",
}
GRANTED = {each.name: each.level for each in needs.PERMISSIONS}
HEARD = [each.name for each in needs.EVENTS]
INSTALLATIONS = "GET /app/installations"
REPOSITORIES = "GET /installation/repositories"
TASKS = "GET /agents/repos/acme/shop/tasks"
DELIVERY = {
    "id": 1,
    "guid": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "delivered_at": "2026-11-20T11:00:00Z",
    "status": "OK",
    "status_code": 202,
    "event": "issues",
}
CHECKS = [
    "settings",
    "webhook secret",
    "admin token",
    "secret key",
    "sign-in",
    "administrators",
    "policy file",
    "agents file",
    "database",
    "log",
    "questions",
    "repositories",
    "policy files",
    "GitHub",
    "clock",
    "App",
    "permissions",
    "events",
    "webhook",
    "deliveries",
    "installations",
    "acting user",
    "Copilot",
    "Actions approval",
    "Copilot sessions",
]


def clock() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def script(server: ScriptedServer) -> Script:
    """A GitHub on which all is well."""
    server.script = script = Script(server.url)
    noon = {"date": "Fri, 20 Nov 2026 12:00:00 GMT"}
    hook = {"url": f"https://o.example{RECEIVER}", "secret": "********", "insecure_ssl": "0"}
    script.on("GET /versions", ["2022-11-28", "2026-03-10"], headers=noon)
    script.on("GET /app", {"id": 7, "slug": "c", "permissions": GRANTED, "events": HEARD})
    script.on("GET /user", {"id": 11, "login": "anna"})
    script.on("GET /app/hook/config", hook)
    script.on("GET /app/hook/deliveries", [DELIVERY])
    script.on(INSTALLATIONS, [an_installation(77)])
    script.on("POST /app/installations/77/access_tokens", {"token": "ghs_first"}, 201)
    script.on(REPOSITORIES, {"repositories": [{"full_name": "acme/shop"}]})
    agent = {"databaseId": COPILOT_AGENT_ID}
    nodes = {"data": {"repository": {"suggestedActors": {"nodes": [agent]}}}}
    script.on("POST /graphql", nodes)
    script.on(approval("acme/shop"), {"require_actions_workflow_approval": False})
    script.on(TASKS, {"tasks": []})
    return script


@pytest.fixture(autouse=True)
def _set_up(
    script: Script,
    sqlite_template: SqliteTemplate,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Settings in which all is well."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("ORCHESTRATOR_")]:
        monkeypatch.delenv(name)
    settings = SECRETS | {
        "database_url": sqlite_template.clone(tmp_path),
        "github_api_url": script.url,
        "github_app_id": "7",
        "github_private_key": PEM,
        "github_client_id": "Iv23li",
        "github_client_secret": "a-client-secret-of-github",
        "public_url": "https://o.example",
        "administrators": "anna",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"ORCHESTRATOR_{name.upper()}", value)


def an_installation(number: int) -> dict[str, Any]:
    return {"id": number, "account": {"login": f"org-{number}"}, "permissions": GRANTED}


def approval(full_name: str) -> str:
    return f"GET /repos/{full_name}/copilot/cloud-agent/configuration"


def again(script: Script, request: str, *answer: Any, **more: Any) -> None:  # noqa: ANN401 (as ``on``)
    """Script another answer instead of the one that was scripted."""
    script._answers[request].clear()  # noqa: SLF001 (a test's own server)
    script.on(request, *answer, **more)


async def examined(*, offline: bool = False, seconds: float = 5.0) -> list[Finding]:
    found = await examine(clock, offline=offline, seconds=seconds)
    assert list(by_check(found)) == CHECKS
    return found


def well() -> dict[str, list[State]]:
    """Where all is well, and no delivery told of a repository yet."""
    fine: dict[str, list[State]] = {check: ["ok"] for check in CHECKS}
    return fine | {"repositories": ["skipped"]}


async def test_where_all_is_well_every_check_says_so() -> None:
    assert by_check(await examined()) == well()


async def test_an_agent_of_the_file_that_cannot_be_assigned_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "agents.yml"
    file.write_text('agents: [{name: scribe, user_id: 4321, login: "scribe-agent[bot]"}]')
    monkeypatch.setenv("ORCHESTRATOR_AGENTS_FILE", str(file))
    with reading_by(COPILOT_ALONE):  # and so again behind it
        found = await examine(clock, offline=False)
    assert by_check(found) == well() | {"agents": ["warning"]}
    assert of(found, "agents")[0].about == "acme/shop"


async def test_offline_nothing_is_asked(script: Script) -> None:
    found = by_check(await examined(offline=True))
    assert script.asked == []
    assert {check: found[check] for check in CHECKS[:13]} == dict([*well().items()][:13])
    assert all(found[check] == ["skipped"] for check in CHECKS[13:])


async def test_offline_credentials_that_can_be_none_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_GITHUB_PRIVATE_KEY", "no key")
    monkeypatch.setenv("ORCHESTRATOR_ACTING_USER_TOKEN", "two words")
    found = by_check(await examined(offline=True))
    assert (found["App"], found["acting user"]) == (["problem"], ["problem"])


@pytest.mark.parametrize("unset", ["GITHUB_APP_ID", "GITHUB_PRIVATE_KEY"])
async def test_half_an_app_is_a_problem(monkeypatch: pytest.MonkeyPatch, unset: str) -> None:
    monkeypatch.setenv(f"ORCHESTRATOR_{unset}", " ")
    found = await examined()
    [app] = of(found, "App")
    assert app.state == "problem"
    assert f"ORCHESTRATOR_{unset} is not" in app.found
    assert by_check(found)["acting user"] == ["ok"]


async def test_a_key_that_can_be_none_leaves_the_acting_user_and_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_GITHUB_PRIVATE_KEY", "-----BEGIN nothing")
    found = by_check(await examined())
    assert (found["App"], found["clock"], found["acting user"]) == (["problem"], ["ok"], ["ok"])
    assert found["installations"] == found["Copilot"] == ["skipped"]


async def test_without_an_app_and_a_user_it_is_not_ill(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "ACTING_USER_TOKEN"):
        monkeypatch.delenv(f"ORCHESTRATOR_{name}")
    found = by_check(await examined())
    assert (found["App"], found["acting user"]) == (["warning"], ["warning"])
    assert not any("problem" in states for states in found.values())
    assert [asked.path for asked in script.asked] == ["/versions"]


async def test_where_nothing_answers_only_that_is_a_problem(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_GITHUB_API_URL", "http://127.0.0.1:1")
    found = by_check(await examined())
    assert found["GitHub"] == ["problem"]
    assert all(found[check] == ["skipped"] for check in CHECKS[14:])
    assert script.asked == []


async def test_a_proxy_that_can_be_none_is_found_like_any_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", "flux://here:1")
    monkeypatch.setenv("no_proxy", "")
    findings = await examined()
    assert [each.check for each in findings if each.state == "problem"] == ["GitHub"]
    [github] = of(findings, "GitHub")
    assert "HTTPS_PROXY" in github.advice


@pytest.mark.parametrize("url", ["nonsense", "https://github.com", "http://[::1", "http://h:p"])
async def test_an_address_that_is_none_is_asked_nothing(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_GITHUB_API_URL", url)
    monkeypatch.setattr(examination, "Questions", None)  # it would fail if anything were asked
    found = by_check(await examined())
    assert found["settings"] + found["GitHub"][:1] != ["ok", "skipped"]
    assert found["GitHub"][-1:] == ["skipped"]
    assert found["database"] == found["log"] == ["ok"]


async def test_a_server_that_does_not_answer_in_time_is_given_up(script: Script) -> None:
    again(script, "GET /versions", [], after=3.0)
    found = await examined(seconds=1.5)  # in which all else answers, on a busy machine, too
    assert of(found, "GitHub")[0].found == "GitHub did not answer within 1.5 seconds"
    time.sleep(3)  # noqa: ASYNC251 (until the server may be asked again)


async def test_a_clock_that_is_wrong_is_told_even_where_no_token_is_taken(script: Script) -> None:
    late = {"date": "Fri, 20 Nov 2026 11:00:00 GMT"}
    again(script, "GET /versions", {"message": "Bad credentials"}, 401, headers=late)
    again(script, "GET /app", {"message": "'Issued at' claim is in the future"}, 401)
    found = await examined()
    assert of(found, "clock")[0].found == "60 minutes ahead of GitHub's"
    [app] = of(found, "App")
    assert (app.state, "clock" in app.advice) == ("problem", True)


ROUTES = [
    "GET /versions",
    "GET /app",
    "GET /user",
    "GET /app/hook/config",
    "GET /app/hook/deliveries",
    INSTALLATIONS,
    "POST /app/installations/77/access_tokens",
    REPOSITORIES,
    "POST /graphql",
    approval("acme/shop"),
    TASKS,
]
NONSENSE: list[object] = [None, [], {}, [1], "text", b"<html>", {"id": "x"}, [{"id": {}}]]


@pytest.mark.parametrize("route", ROUTES)
async def test_whatever_one_answer_is_every_check_says_something(
    script: Script, route: str
) -> None:
    for body in NONSENSE:
        again(script, route, body)
        await examined()


@pytest.mark.parametrize("status", [200, 201, 204, 302, 401, 403, 404, 422, 429, 500])
async def test_whatever_all_answers_are_every_check_says_something(
    script: Script, status: int
) -> None:
    bodies: list[object] = [{}, [], b"<html>"]
    for body in bodies:
        for route in ROUTES:
            again(script, route, body, status)
        await examined()


async def test_only_the_first_few_repositories_are_looked_at(script: Script) -> None:
    again(script, INSTALLATIONS, [an_installation(77), an_installation(78), an_installation(79)])
    again(script, REPOSITORIES, {"repositories": [{"full_name": f"a/{n}"} for n in range(3)]})
    script.on("POST /app/installations/78/access_tokens", {"token": "ghs_other"}, 201)
    found = await examined()
    looked = [each.about for each in of(found, "Copilot")]
    assert looked == ["a/0", "a/1", "a/2", "a/0", "a/1"]
    assert len(looked) == MAX_REPOSITORIES
    assert len(of(found, "installations")) == 3


async def test_a_suspended_installation_is_not_asked_for_repositories(script: Script) -> None:
    asleep = an_installation(77) | {"suspended_at": "2026-11-01T00:00:00Z"}
    again(script, INSTALLATIONS, [asleep])
    found = by_check(await examined())
    assert (found["installations"], found["Copilot"]) == (["problem"], ["skipped"])
    assert script.asked_for(REPOSITORIES) == []


@pytest.mark.parametrize("route", ROUTES)
async def test_nothing_that_is_secret_is_told_even_where_a_server_repeats_it(
    script: Script, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    again(script, route, {"message": " ".join(SECRETS.values())}, 403)
    monkeypatch.setenv("ORCHESTRATOR_DATABASE_URL", "postgresql+asyncpg://u:Pw74@127.0.0.1:1/x")
    told = json.dumps([f"{held(each)}" for each in await examined()])
    for secret in (*SECRETS.values(), "Pw74", PEM.splitlines()[1]):
        assert secret not in told


async def test_a_check_that_breaks_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError(SECRETS["admin_token"])

    monkeypatch.setattr(examination, "judge_admin_token", break_down)
    found = await examined()
    [token] = of(found, "admin token")
    assert (token.state, token.found) == ("problem", "it failed with RuntimeError")
    assert by_check(found) == well() | {"admin token": ["problem"]}


async def test_settings_that_are_no_text_are_the_one_finding(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    [finding] = await examine(clock, offline=False)
    assert (held(finding).check, finding.state) == ("settings", "problem")
