"""From nothing to an installed App: a manifest, a page, a code, what it brings, an installation."""

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import jwt
import pytest

from simulator.delivery import sign
from simulator.payloads import Payload
from simulator.plan import Plan, RepositoryPlan
from tests.simulator.browsing import form_of, led_to, press
from tests.simulator.builders import ROCKET
from tests.simulator.running import Client, Receiver, a_client, a_receiver, a_simulator, until

pytestmark = pytest.mark.anyio

PROBE, GARDEN = "orbit-works/probe", "mona-maintains/garden"
NEW, NEW_IN = "/settings/apps/new", "/organizations/orbit-works/settings/apps/new"
BACK, SETUP = "http://127.0.0.1:8765/setup/app", "http://127.0.0.1:8765/setup/installed"


@dataclass(frozen=True, slots=True)
class Bench:
    client: Client
    receiver: Receiver

    @property
    def manifest(self) -> Payload:
        return {
            "name": "Orbit Conductor",
            "url": "https://conductor.example",
            "hook_attributes": {"url": self.receiver.url, "active": True},
            "redirect_url": BACK,
            "callback_urls": ["https://conductor.example/in"],
            "setup_url": SETUP,
            "public": False,
            "default_permissions": {"issues": "write", "contents": "read"},
            "default_events": ["issues", "push", "repository"],
        }

    async def post(self, manifest: object, path: str = NEW_IN) -> httpx2.Response:
        text = manifest if isinstance(manifest, str) else json.dumps(manifest)
        data = {"manifest": text}
        return await self.client.http.post(path, params={"state": "s"}, data=data)

    async def registered(self, **changed: object) -> Payload:
        """Make an App and fetch what it is run by."""
        page = await self.post(self.manifest | changed)
        there, told = led_to(await press(self.client.http, page, "create"))
        assert (there, told["state"]) == (BACK, "s")
        answer = await self.client.http.post(f"/app-manifests/{told['code']}/conversions")
        assert answer.status_code == 201
        app: Payload = answer.json()
        return app

    async def install_page(self, account: str) -> httpx2.Response:
        app = self.client.simulator.app
        http = self.client.http
        page = await http.get(f"/apps/{app.slug}/installations/new?state=s")
        links = {name: link for link, name in re.findall(r'<a href="(.*?)">(.*?)</a>', page.text)}
        return await http.get(links[account].replace("&amp;", "&"))


@pytest.fixture
async def bench(anyio_backend: str) -> AsyncIterator[Bench]:
    assert anyio_backend
    plan = Plan(
        repositories=tuple(RepositoryPlan(full_name=name) for name in (ROCKET, PROBE, GARDEN))
    )
    async with a_receiver() as receiver, a_simulator(plan) as simulator, a_client(simulator) as one:
        yield Bench(one, receiver)


def signed(app: Payload) -> str:
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 540, "iss": str(app["id"])}
    return jwt.encode(claims, app["pem"], algorithm="RS256")


async def test_an_app_is_made_of_a_manifest(bench: Bench) -> None:
    page = await bench.post(bench.manifest)
    assert (page.status_code, form_of(page).fields["name"]) == (200, "Orbit Conductor")
    assert "<script" not in page.text

    app = await bench.registered(name="Orbit Conductor 2")
    assert (app["slug"], app["name"]) == ("orbit-conductor-2", "Orbit Conductor 2")
    assert (app["owner"]["login"], app["owner"]["type"]) == ("orbit-works", "Organization")
    assert app["permissions"] == {"issues": "write", "contents": "read", "metadata": "read"}
    assert app["events"] == ["issues", "push", "repository"]
    assert app["html_url"] == f"{bench.client.simulator.url}/apps/orbit-conductor-2"
    assert app["node_id"]
    assert {"client_id", "client_secret", "webhook_secret", "pem"} <= app.keys()

    me = await bench.client.send("GET", "/app", signed(app))
    assert (me.status_code, me.json()["id"], me.json()["installations_count"]) == (
        200,
        app["id"],
        0,
    )


async def test_it_takes_the_place_of_the_one_before(bench: Bench) -> None:
    simulator = bench.client.simulator
    old_jwt, old_token = (await bench.client.app("GET", "/app")).status_code, simulator.user_token
    old_key, old_secret = simulator.private_key, simulator.webhook_secret
    app = await bench.registered()

    assert old_jwt == 200
    assert old_secret != app["webhook_secret"] == simulator.webhook_secret
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 540, "iss": str(app["id"])}
    forged = jwt.encode(claims, old_key, algorithm="RS256")
    assert (await bench.client.send("GET", "/app", forged)).status_code == 401
    assert (await bench.client.send("GET", "/user", old_token)).status_code == 401
    assert (await bench.client.send("GET", "/app/installations", signed(app))).json() == []
    simulator.repository(ROCKET).open_issue("Nobody hears")
    await simulator.delivered()
    assert bench.receiver.got == []


async def test_a_code_brings_the_app_once_and_within_the_hour(bench: Bench) -> None:
    path = "/app-manifests/{}/conversions"
    page = await bench.post(bench.manifest)
    code = led_to(await press(bench.client.http, page, "create"))[1]["code"]
    statuses = [
        (await bench.client.http.post(path.format(each))).status_code
        for each in ("other", code, code)
    ]
    assert statuses == [404, 201, 404]

    bench.client.simulator.site.registry.code_seconds = 0
    page = await bench.post(bench.manifest)
    code = led_to(await press(bench.client.http, page, "create", name="Another"))[1]["code"]
    assert (await bench.client.http.post(path.format(code))).status_code == 404


async def test_a_persons_app_is_theirs(bench: Bench) -> None:
    page = await bench.post(bench.manifest, NEW)
    answer = await press(bench.client.http, page, "create", user="mona-maintains", name="Mine")
    assert led_to(answer)[0] == BACK
    assert bench.client.simulator.app.owner["login"] == "mona-maintains"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": ""}, "url: can&#x27;t be blank"),
        ({"url": "conductor"}, "url: must be a valid URL"),
        ({"redirect_url": "ftp://x"}, "redirect_url: must be a valid URL"),
        ({"callback_urls": ["https://x"] * 11}, "at most 10"),
        ({"callback_urls": ["/in"]}, "callback_urls:"),
        ({"hook_attributes": {"active": True}}, "hook_attributes.url"),
        ({"hook_attributes": {"url": "https://x", "active": "yes"}}, "hook_attributes.active"),
        ({"public": "no"}, "public: must be a boolean"),
        ({"request_oauth_on_install": True}, "setup_url"),
        ({"default_permissions": {"tea": "read"}}, "default_permissions.tea"),
        ({"default_permissions": {"issues": "all"}}, "default_permissions.issues"),
        ({"default_events": ["check_run"]}, "default_events: check_run"),
        ({"default_events": ["full_moon"]}, "default_events: full_moon"),
    ],
)
async def test_an_unfit_manifest_is_refused_field_by_field(
    bench: Bench, changed: Payload, said: str
) -> None:
    slug = bench.client.simulator.app.slug
    answer = await bench.post(bench.manifest | changed)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    forced = {"manifest": json.dumps(bench.manifest | changed), "name": "Forced"}
    assert (await bench.client.http.post("/settings/apps", data=forced)).status_code == 422
    assert bench.client.simulator.app.slug == slug


@pytest.mark.parametrize("text", ["", "{", "[]"])
async def test_what_is_no_manifest_is_refused(bench: Bench, text: str) -> None:
    answer = await bench.post(text)
    assert (answer.status_code, "manifest:" in answer.text) == (422, True)


async def test_a_name_must_be_free_and_short(bench: Bench) -> None:
    await bench.registered()
    page = await bench.post(bench.manifest)
    for name, said in (("x" * 35, "too long"), ("--", "blank"), ("orbit CONDUCTOR", "taken")):
        page = await press(bench.client.http, page, "create", name=name)
        assert (page.status_code, said in page.text) == (422, True)
    assert led_to(await press(bench.client.http, page, "create", name="Other"))[0] == BACK


async def test_an_app_is_installed_and_its_deliveries_begin(bench: Bench) -> None:
    simulator = bench.client.simulator
    app = await bench.registered()
    page = await bench.install_page("orbit-works")
    assert form_of(page).choices["repository"] == [ROCKET, PROBE]
    nothing = await press(bench.client.http, page, "install")
    assert nothing.status_code == 422

    there, told = led_to(await press(bench.client.http, page, "install", repository=PROBE))
    assert (there, told["setup_action"], told["state"]) == (SETUP, "install", "s")
    await until(lambda: bench.receiver.got)
    [created] = bench.receiver.got
    assert created.name == "installation.created"
    assert created.headers["x-hub-signature-256"] == sign(created.body, app["webhook_secret"])
    assert created.headers["x-github-hook-installation-target-id"] == str(app["id"])
    installation = created.payload["installation"]
    assert str(installation["id"]) == told["installation_id"]
    assert (installation["app_id"], installation["app_slug"]) == (app["id"], app["slug"])
    assert [each["full_name"] for each in created.payload["repositories"]] == [PROBE]
    path = f"/app/installations/{installation['id']}/access_tokens"
    token = (await bench.client.send("POST", path, signed(app))).json()["token"]
    listed = (await bench.client.send("GET", "/installation/repositories", token)).json()
    assert [each["full_name"] for each in listed["repositories"]] == [PROBE]
    write = await bench.client.send(
        "PUT", f"/repos/{PROBE}/pulls/1/merge", token, {"sha": "0" * 40}
    )
    assert write.status_code == 403

    simulator.repository(PROBE).open_issue("Heard")
    simulator.repository(ROCKET).open_issue("Not heard")
    simulator.repository(PROBE).required_checks = ()
    simulator.repository(PROBE).grant(simulator.user, "read")
    await simulator.delivered()
    assert [each.name for each in bench.receiver.got] == ["installation.created", "issues.opened"]


async def test_what_an_installation_reaches_is_changed_on_the_same_page(bench: Bench) -> None:
    await bench.registered()
    first = await bench.install_page("orbit-works")
    await press(bench.client.http, first, "install", repository=PROBE)
    second = await bench.install_page("orbit-works")
    assert form_of(second).fields["repository"] == PROBE

    _, told = led_to(await press(bench.client.http, second, "install", repository=ROCKET))
    assert told["setup_action"] == "update"
    third = await bench.install_page("orbit-works")
    await press(bench.client.http, third, "install", selection="all")
    await bench.client.simulator.delivered()
    changes = [each.payload for each in bench.receiver.got[1:]]
    added = [[each["full_name"] for each in one["repositories_added"]] for one in changes]
    removed = [[each["full_name"] for each in one["repositories_removed"]] for one in changes]
    assert (added, removed) == ([[ROCKET], [], [PROBE]], [[], [PROBE], []])
    assert changes[-1]["installation"]["repository_selection"] == "all"


async def test_only_a_public_app_goes_to_any_account(bench: Bench) -> None:
    await bench.registered()
    with pytest.raises(KeyError):
        await bench.install_page("mona-maintains")
    await bench.registered(name="Open to all", public=True, setup_url=None)
    page = await bench.install_page("mona-maintains")

    done = await press(bench.client.http, page, "install", repository=GARDEN)
    assert (done.status_code, GARDEN in done.text) == (200, True)
    await until(lambda: bench.receiver.got)
    told = bench.receiver.got[-1].payload
    assert (told["sender"]["login"], told["installation"]["account"]["type"]) == (
        "mona-maintains",
        "User",
    )
    assert (await bench.client.http.get("/apps/other")).status_code == 404
    assert (await bench.client.http.get("/apps/open-to-all")).status_code == 200
