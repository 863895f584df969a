"""A running simulator for tests, a receiver of its deliveries and a client of its API."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.plan import IssuePlan, Plan, RepositoryPlan, Script
from simulator.serving import listen, served
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER
from tests.simulator.builders import ROCKET

QUICK = 3600.0  # an hour a second
PATIENCE = 120.0
REPO = f"/repos/{ROCKET}"


@dataclass(slots=True)
class Received:
    """A delivery as it arrived."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(self.body)
        return payload

    @property
    def name(self) -> str:
        action = self.payload.get("action")
        event = self.headers["x-github-event"]
        return f"{event}.{action}" if action else event

    @property
    def guid(self) -> str:
        return self.headers["x-github-delivery"]


@dataclass(slots=True)
class Receiver:
    """What the webhook got; it answers with ``status``."""

    url: str = ""
    status: int = 202
    got: list[Received] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        self.got.append(Received(dict(request.headers), await request.body()))
        return Response(status_code=self.status)


@asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    listener = listen("127.0.0.1", 0)
    receiver.url = "http://{}:{}/hook".format(*listener.getsockname())
    app = Starlette(routes=[Route("/hook", receiver.receive, methods=["POST"])])
    async with served(app, listener):
        yield receiver


def a_simulator(plan: Plan, webhook_url: str | None = None) -> Simulator:
    return Simulator(plan, webhook_url=webhook_url)


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever calls the API, as an App, its installation or a user."""

    http: httpx2.AsyncClient
    simulator: Simulator

    async def app(self, method: str, path: str, json: object = None) -> httpx2.Response:
        return await self.send(method, path, an_app_jwt(self.simulator), json)

    async def user(self, method: str, path: str, json: object = None) -> httpx2.Response:
        return await self.send(method, path, self.simulator.user_token, json)

    async def bot(self, method: str, path: str, json: object = None) -> httpx2.Response:
        token = self.simulator.site.credentials.grant_installation()[0]
        return await self.send(method, path, token, json)

    async def graphql(self, query: str, **variables: object) -> dict[str, Any]:
        asked = {"query": query, "variables": variables}
        answer = await self.user("POST", "/graphql", json=asked)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    async def send(
        self, method: str, path: str, token: str, json: object = None, **headers: str
    ) -> httpx2.Response:
        sent = {"authorization": f"Bearer {token}"} | headers
        return await self.http.request(method, path, headers=sent, json=json)


@asynccontextmanager
async def a_client(simulator: Simulator) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(base_url=simulator.url, trust_env=False) as http:
        yield Client(http, simulator)


def an_app_jwt(simulator: Simulator, **claims: object) -> str:
    now = int(time.time())
    usual = {"iat": now - 60, "exp": now + 540, "iss": str(simulator.app_id)}
    return jwt.encode(usual | claims, simulator.private_key, algorithm="RS256")


def a_plan(
    *scripts: Script, files: Mapping[str, str] | None = None, approve_runs: bool = False
) -> Plan:
    """One repository with an issue for each script, by default one that goes well."""
    issues = tuple(
        IssuePlan(title=f"Issue {place}", labels=("status:queued",), script=script)
        for place, script in enumerate(scripts or (GOES_WELL,), start=1)
    )
    repository = RepositoryPlan(
        full_name=ROCKET, issues=issues, files=files or {}, approve_runs=approve_runs
    )
    return Plan(repositories=(repository,), speed=QUICK)


GOES_WELL = Script(ignored_assignments=0, checks=("success",) * 9, reviews=("approved",))


async def assign(client: Client, number: int = 1) -> list[str]:
    """Assign Copilot as the acting user, and return who is assigned by then."""
    body = {
        "assignees": ["copilot-swe-agent[bot]"],
        "agent_assignment": {"target_repo": ROCKET, "base_branch": "main"},
    }
    answer = await client.user("POST", f"{REPO}/issues/{number}/assignees", json=body)
    assert answer.status_code == 201
    return [each["login"] for each in answer.json()["assignees"]]


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 (what is waited for has no event to set)
            await asyncio.sleep(0.01)


def by_acting_user(received: Received) -> bool:
    return bool(received.payload["sender"]["login"] == ACTING_USER["login"])
