"""From an empty folder to a server that somebody administers, over real HTTP, with its steps."""

from asyncio import sleep, timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from people.administrators import Named
from people.setting_up import SettingUp
from people.vault import Vault
from runtime.clock import now
from runtime.database import open_database
from runtime.server import application_of
from runtime.settings import Settings
from runtime.wiring import wire
from simulator.serving import listen, served
from simulator.simulator import Simulator
from tests.people.browser import a_browser, a_service
from tests.people.setting_up import HTML, Visit, a_link, a_new_server, a_visit, at_github, forms_of
from tests.people.test_signing_in import everything, on_one_database
from tests.service import RECEIVER, signed
from tests.simulator.browsing import press
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

ADA = "ada-bright"
OWNER = ROCKET.partition("/")[0]


@pytest.fixture
async def github() -> AsyncIterator[Simulator]:
    async with a_simulator(a_plan()) as simulator:
        yield simulator


async def begin(visit: Visit, link: str) -> httpx2.Response:
    address, _, code = link.partition("#")
    page = await visit.open(address)
    assert code not in page.text
    return await visit.press(page, "begin", code=code)


async def make_app(visit: Visit, page: httpx2.Response, owner: str = OWNER) -> httpx2.Response:
    """Make the App for an organization, and install it there."""
    if owner:
        page = await visit.press(page, "organization", organization=owner)
    else:
        page = await visit.press(page, "me")
    return await visit.press(page, "create")


async def install(visit: Visit, page: httpx2.Response, github: Simulator) -> httpx2.Response:
    page = await visit.follow(page, OWNER)
    page = await visit.press(page, "install", selection="all")
    await github.delivered()
    for _ in range(100):
        page = await visit.open("/setup")
        if "Step 3" in page.text:
            return page
    raise AssertionError(page.text)


async def repositories(visit: Visit) -> httpx2.Response:
    """Look at the last page until the repository is known."""
    async with timeout(120):
        while ROCKET not in (page := await visit.open("/setup/step")).text:  # noqa: ASYNC110 (it is another process's)
            await sleep(0.2)
    return page


@on_one_database
async def test_from_nothing_to_who_administers(
    tmp_path: Path, empty_database_url: str, github: Simulator
) -> None:
    settings = at_github(github)
    with a_new_server(tmp_path, empty_database_url, github) as service:
        link = a_link(tmp_path, empty_database_url, service.url, **settings)
        async with a_visit(service.url) as visit:
            page = await make_app(visit, await begin(visit, link))
            page = await install(visit, page, github)
            page = await visit.press(page, "sign-in")
            page = await visit.press(page, "authorize", user=ADA)
            assert str(page.url) == f"{service.url}/setup/repositories"
            me = (await visit.open("/api/me")).json()
            assert (me["actor"]["login"], me["is_administrator"]) == (ADA, True)
            page = await repositories(visit)
            assert "contents: write" not in page.text
            page = await visit.press(page, "live")
            page = await visit.press(page, "authorize", user=ADA)
            assert str(page.url) == f"{service.url}/setup/repositories"
            steps = list(visit.clicks)
            async with timeout(60):
                while not github.repository(ROCKET).issue(1).assignees:  # noqa: ASYNC110 (as above)
                    await sleep(0.2)
            assert "adds the policy file" in (await visit.press(page, "policy")).text
            [item] = (await visit.open("/api/repositories")).json()["items"]
            assert (item["full_name"], item["mode"]) == (ROCKET, "live")
            events = (await visit.open("/api/events?source=orchestrator")).json()["items"]
        assert steps == ["begin", "organization", "sign-in", "live"]
        assert "status:queued" in github.repository(ROCKET).labels
        told = {f"{each['type']}.{each['action']}": each["actor_login"] for each in events}
        assert told["administrator.named"] == ADA
        assert {"setup.begun", "setting.changed"} <= told.keys()
        log = service.log.read_text()
    secret = link.partition("#")[2]
    database = open_database(empty_database_url)
    rows = repr(await database.read(everything))
    await database.close()
    for kept in (secret, github.private_key.splitlines()[2], github.client_secret):
        assert kept not in rows
        assert kept not in log


@asynccontextmanager
async def a_new_service(
    database_url: str, github: Simulator, **settings: str
) -> AsyncIterator[str]:
    """Run a server that is new in this process, and say where it listens."""
    told = at_github(github) | settings
    known = Settings(_env_file=None, database_url=database_url, **told)  # type: ignore[arg-type]  # which pydantic reads as it does the environment
    app, listener = application_of(wire(known)), listen("127.0.0.1", 0)
    async with app.router.lifespan_context(app), served(app, listener):
        yield "http://{}:{}".format(*listener.getsockname())


async def a_code(database_url: str) -> str:
    database = open_database(database_url)
    code = await SettingUp(
        store=database, named=Named(), vault=Vault(()), admin_tokens=(), clock=now
    ).new_link()
    await database.close()
    assert code is not None
    return code


@pytest.fixture
async def visit(database_url: str, github: Simulator) -> AsyncIterator[Visit]:
    async with a_new_service(database_url, github) as url, a_visit(url) as one:
        yield one


@on_one_database
async def test_a_stranger_sets_nothing_up(visit: Visit, database_url: str) -> None:
    page = await visit.open("/setup")
    assert [each.action for each in forms_of(page)] == ["/setup/code"]
    refused = await visit.press(page, "begin", code="made-up")
    assert (refused.status_code, "setup_code_refused" in refused.text) == (403, True)
    for method, path in (
        ("GET", "/setup/app?code=x&state=y"),
        ("POST", "/setup/app"),
        ("POST", "/setup/sign-in"),
    ):
        origin = {"Origin": visit.service}
        answer = await visit.http.request(method, f"{visit.service}{path}", headers=origin)
        assert answer.status_code == 403, path
    code = await a_code(database_url)
    elsewhere = {"Origin": "https://evil.example"}
    answer = await visit.http.post(
        f"{visit.service}/setup/code", data={"code": code}, headers=elsewhere
    )
    assert answer.json()["code"] == "origin_refused"


async def test_a_link_used_twice_lets_one_browser_in(visit: Visit, database_url: str) -> None:
    link = f"{visit.service}/setup#{await a_code(database_url)}"
    assert "Make the GitHub App" in (await begin(visit, link)).text
    async with a_visit(visit.service) as other:
        assert (await begin(other, link)).status_code == 403
        page = await other.open("/setup")
        assert "Make the GitHub App" not in page.text


@on_one_database
async def test_forms_and_ways_back_are_good_in_their_own_browser_only(
    visit: Visit, database_url: str, github: Simulator
) -> None:
    page = await begin(visit, f"{visit.service}/setup#{await a_code(database_url)}")
    assert page.headers["referrer-policy"] == "same-origin"  # else no browser names our origin
    assert github.url in page.headers["content-security-policy"]
    for data in ({}, {"form": "guessed"}):
        answer = await visit.http.post(
            f"{visit.service}/setup/sign-in", data=data, headers={"Origin": visit.service}
        )
        assert answer.json()["code"] == "form_refused"
    answer = await visit.http.get(f"{visit.service}/setup/app?code=x&state=guessed")
    assert answer.json()["code"] == "setup_state_wrong"
    host = await visit.http.get(f"{visit.service}/setup", headers={"Host": "evil.example"})
    assert host.status_code == 421


@on_one_database
async def test_an_app_that_cannot_be_kept_is_not_made(database_url: str, github: Simulator) -> None:
    async with a_new_service(database_url, github, secret_key="") as url, a_visit(url) as visit:
        page = await begin(visit, f"{url}/setup#{await a_code(database_url)}")
        assert "ORCHESTRATOR_SECRET_KEY" in page.text
        assert forms_of(page) == []


async def test_another_process_takes_the_app_over(
    visit: Visit, database_url: str, github: Simulator
) -> None:
    """No restart: deliveries are verified, and people sign in, in a process that stood by."""
    async with a_new_service(database_url, github) as other:
        page = await begin(visit, f"{visit.service}/setup#{await a_code(database_url)}")
        page = await make_app(visit, page, owner="")
        assert f"Install {github.app.name}" in page.text
        body = b'{"zen": "Keep it logically awesome."}'
        sent = signed("ping", body, secret=github.webhook_secret)
        async with httpx2.AsyncClient(base_url=other, trust_env=False) as http, timeout(120):
            while (await http.get("/api/auth/login")).status_code != 302:  # noqa: ASYNC110 (it is another process's)
                await sleep(0.1)
            answer = await http.post(RECEIVER, content=body, headers=sent)
            assert answer.status_code == 202
            answer = await http.post(RECEIVER, content=body, headers=signed("ping", body))
            assert answer.status_code == 401


@on_one_database
async def test_who_is_signed_in_signs_out_by_a_form_where_there_is_no_dashboard(
    database_url: str, github: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.wiring.built_frontend", lambda: None)
    async with (
        a_service(database_url, github, administrators=ADA) as service,
        a_browser(service, github) as browser,
    ):
        await browser.sign_in(ADA)
        visit = Visit(browser.http, str(service.http.base_url).rstrip("/"))
        page = await visit.open("/")
        assert f"You are @{ADA}" in page.text
        page = await visit.press(page, "all")
        assert "Sign in with GitHub" in page.text
        assert (await browser.get("/api/me")).status_code == 401


@on_one_database
async def test_a_refusal_is_a_page_to_browsers(database_url: str, github: Simulator) -> None:
    async with a_service(database_url, github) as service:
        page = await service.http.get("/api/auth/callback?code=x&state=y", headers=HTML)
        assert page.status_code == 403
        assert "<h1>Forbidden</h1>" in page.text
        answer = await service.http.get("/api/auth/callback?code=x&state=y")
        assert answer.json()["code"] == "sign_in_unknown"


@on_one_database
async def test_whoever_is_signed_in_already_may_set_up(
    database_url: str, github: Simulator
) -> None:
    async with a_service(database_url, github) as service, a_browser(service, github) as browser:
        assert (await browser.sign_in(ADA)).status_code == 303
        assert (await browser.get("/setup/repositories")).status_code == 403
        ours, code = {"Origin": browser.origin}, await a_code(database_url)
        spent = await browser.http.post("/setup/code", data={"code": code}, headers=ours)
        assert spent.status_code == 303
        async with timeout(120):
            while "/setup/sign-in" not in (page := await browser.get("/setup")).text:  # noqa: ASYNC110 (as above)
                await sleep(0.2)  # until the App's installation is known
        [form] = [each for each in forms_of(page) if each.action == "/setup/sign-in"]
        out = await browser.http.post(form.action, data=form.fields, headers=ours)
        async with httpx2.AsyncClient(trust_env=False) as there:
            asked = await there.get(out.headers["location"])
            back = (await press(there, asked, "authorize", user=ADA)).headers["location"]
        assert (await browser.come_back(str(back))).status_code == 303
        assert (await browser.get("/setup/repositories")).status_code == 200
