"""Set-up as a checklist: by the doctor's own checks, for administrators, in the dashboard."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.frontend.files import read_frontend
from simulator.simulator import Simulator
from tests.people.browser import a_browser, a_service
from tests.people.setting_up import HTML, a_visit, forms_of
from tests.people.test_setting_up import a_code, a_new_service
from tests.people.test_signing_in import on_one_database
from tests.service import BEARER, Client
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator

pytestmark = [pytest.mark.anyio, on_one_database]

ADA = "ada-bright"
PAGE = "<!doctype html><body>the dashboard</body>"


@pytest.fixture
async def github() -> AsyncIterator[Simulator]:
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
def _a_dashboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    monkeypatch.setattr("runtime.wiring.built_frontend", lambda: read_frontend(tmp_path))


def lines(answer: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 (JSON)
    content = answer.json()
    return {each["id"]: each for each in (*content["steps"], *content["checks"])}


async def listed(service: Client, **headers: str) -> dict[str, dict[str, Any]]:
    answer = await service.http.get("/api/setup", headers=headers or BEARER)
    assert answer.status_code == 200, answer.text
    return lines(answer)


async def test_each_line_says_how_it_is_and_what_to_do_next(
    database_url: str, github: Simulator
) -> None:
    async with a_service(database_url, github, administrators=ADA) as service:
        answer = await service.http.get("/api/setup", headers=BEARER)
        found = lines(answer)
        steps = [each["title"] for each in answer.json()["steps"]]
        assert steps[:2] == ["App", "Installations"]
        assert found["app"]["state"] == "ok"
        assert found["app"]["next_step"] is None
        assert found["administrators"]["state"] == "ok"
        for line in found.values():
            assert (line["next_step"] is None) == (line["state"] == "ok"), line
        approval = found[f"actions-approval:{ROCKET}"]
        assert approval["next_step"]["html_url"] == f"{github.url}/{ROCKET}/settings"
        assert github.private_key.splitlines()[1] not in answer.text
        looked = await service.http.post("/api/setup/look", headers=BEARER)
        assert (looked.status_code, lines(looked).keys()) == (200, found.keys())
        again = await service.http.get("/api/setup", headers=BEARER)
        assert again.json()["looked_at"] == looked.json()["looked_at"]


async def test_before_there_is_an_app_it_leads_to_making_one(
    database_url: str, github: Simulator
) -> None:
    async with a_new_service(database_url, github, admin_token="of-the-tests-alone") as url:
        async with a_visit(url) as visit:
            answer = await visit.http.get(
                f"{url}/api/setup", headers={"Authorization": "Bearer of-the-tests-alone"}
            )
        app = lines(answer)["app"]
        assert (app["state"], app["next_step"]["path"]) == ("warning", "/setup/step")
        assert lines(answer)["installations"]["state"] == "unknown"
        assert lines(answer)["repositories"]["state"] == "unknown"


async def test_it_is_for_administrators_alone(database_url: str, github: Simulator) -> None:
    async with a_service(database_url, github) as service, a_browser(service, github) as browser:
        assert (await browser.get("/api/setup")).status_code == 401
        await browser.sign_in(ADA)
        for method, path in (("GET", "/api/setup"), ("POST", "/api/setup/look")):
            answer = await browser.send(method, path)
            assert (answer.status_code, answer.json()["code"]) == (403, "administrators_only")


@pytest.mark.usefixtures("_a_dashboard")
async def test_the_dashboard_has_it_once_somebody_administers(
    database_url: str, github: Simulator
) -> None:
    async with a_new_service(database_url, github) as url, a_visit(url) as visit:
        page = await visit.open("/setup")
        assert [each.action for each in forms_of(page)] == ["/setup/code"]
        assert '<script src="/theme.js">' in page.text
        code = await a_code(database_url)
        step = await visit.press(page, "begin", code=code)
        assert "Make the GitHub App" in step.text
    async with a_service(database_url, github, administrators=ADA) as service:
        shown = await service.http.get("/setup", headers=HTML)
        assert shown.text == PAGE
        refused = await service.http.get("/setup/app?code=x&state=y", headers=HTML)
        assert (refused.status_code, "/theme.js" in refused.text) == (403, True)
