"""What a person reaches through the App: both must, and only what they were given is listed."""

from collections.abc import AsyncIterator

import pytest

from simulator.payloads import Payload
from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER, MEMBER, OWNER, READER, REVIEWER, VISITOR
from tests.simulator.builders import ROCKET
from tests.simulator.running import REPO, Client, a_client, a_simulator

pytestmark = pytest.mark.anyio

PROBE, SECRET, GARDEN = "orbit-works/probe", "orbit-works/secret", "mona-maintains/garden"
ALOOF = "orbit-works/aloof"


def the_plan() -> Plan:
    """Two installations; of their repositories one is not Mona's, and one is in neither."""
    return Plan(
        repositories=(
            RepositoryPlan(full_name=ROCKET),
            RepositoryPlan(full_name=PROBE, private=False, roles={"rita-reads": "triage"}),
            RepositoryPlan(full_name=SECRET, roles={"ravi-reviews": "maintain"}),
            RepositoryPlan(full_name=GARDEN),
            RepositoryPlan(full_name=ALOOF, installed=False),
        )
    )


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[Client]:
    assert anyio_backend
    async with a_simulator(the_plan()) as simulator, a_client(simulator) as one:
        yield one


async def listed(client: Client, user: Payload) -> dict[str, dict[str, str]]:
    """The role in every repository that a person is shown, by the installation's account."""
    token = client.simulator.new_user_token(user)
    installations = (await client.send("GET", "/user/installations", token)).json()
    found = {}
    for each in installations["installations"]:
        page: str | None = f"/user/installations/{each['id']}/repositories?per_page=1"
        roles: dict[str, str] = {}
        while page is not None:
            answer = await client.send("GET", page, token)
            for one in answer.json()["repositories"]:
                roles[one["full_name"]] = one["role_name"]
            page = answer.links["next"]["url"] if "next" in answer.links else None
        found[each["account"]["login"]] = roles
    assert installations["total_count"] == len(found)
    return found


def the_installation(simulator: Simulator, owner: str) -> int:
    found = simulator.world.installation_at(owner)
    assert found is not None
    return found


async def test_a_person_is_shown_what_both_they_and_the_app_reach(client: Client) -> None:
    assert await listed(client, ACTING_USER) == {
        "orbit-works": {ROCKET: "write"},
        "mona-maintains": {GARDEN: "admin"},
    }
    assert await listed(client, REVIEWER) == {"orbit-works": {ROCKET: "write", SECRET: "maintain"}}
    assert await listed(client, READER) == {"orbit-works": {ROCKET: "read", PROBE: "triage"}}
    assert await listed(client, OWNER) == {
        "orbit-works": {ROCKET: "admin", PROBE: "admin", SECRET: "admin"}
    }
    assert await listed(client, MEMBER) == {}


async def test_a_role_is_told_as_flags_too(client: Client) -> None:
    orbit = the_installation(client.simulator, "orbit-works")
    token = client.simulator.new_user_token(READER)
    answer = await client.send("GET", f"/user/installations/{orbit}/repositories", token)

    rights = {each["full_name"]: each["permissions"] for each in answer.json()["repositories"]}
    assert rights[PROBE] == {
        "admin": False,
        "maintain": False,
        "push": False,
        "triage": True,
        "pull": True,
    }


async def test_whose_installation_it_is_not_finds_none(client: Client) -> None:
    garden = the_installation(client.simulator, "mona-maintains")
    path = f"/user/installations/{garden}/repositories"
    token = client.simulator.new_user_token(REVIEWER)

    assert (await client.send("GET", path, token)).status_code == 404
    assert (await client.bot("GET", path)).status_code == 403
    assert (await client.bot("GET", "/user/installations")).status_code == 403
    [account] = [
        each["account"]
        for each in (await client.app("GET", "/app/installations")).json()
        if each["id"] == garden
    ]
    assert (account["login"], account["type"]) == ("mona-maintains", "User")


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [(ROCKET, 200, 200), (PROBE, 200, 403), (SECRET, 404, 404), (GARDEN, 200, 200)],
)
async def test_a_token_does_what_both_may(
    client: Client, name: str, reads: int, writes: int
) -> None:
    assert (await client.user("GET", f"/repos/{name}")).status_code == reads
    client.simulator.repository(name).open_issue("Mend it")
    asked = ("POST", f"/repos/{name}/issues/1/labels", {"labels": ["x"]})
    assert (await client.user(*asked)).status_code == writes


async def test_the_app_must_reach_it_too(client: Client) -> None:
    simulator = client.simulator
    aloof, path = simulator.repository(ALOOF), f"/repos/{ALOOF}"
    aloof.open_issue("Nobody hears")
    assert aloof.access.may_write(ACTING_USER)
    assert (await client.user("GET", path)).status_code == 404

    aloof.access.private = False
    assert (await client.user("GET", path)).status_code == 200
    asked = ("POST", f"{path}/issues/1/labels", {"labels": ["x"]})
    assert (await client.user(*asked)).status_code == 403
    simulator.app.permissions["issues"] = "read"
    assert (
        await client.user("POST", f"{REPO}/labels", {"name": "x", "color": "fff"})
    ).status_code == 403


async def test_what_the_app_does_not_reach_is_not_delivered(client: Client) -> None:
    simulator = client.simulator
    await simulator.delivered()
    before = len(simulator.attempts)
    simulator.repository(ALOOF).open_issue("Nobody hears")
    await simulator.delivered()
    assert len(simulator.attempts) == before

    simulator.repository(SECRET).open_issue("Somebody hears")
    await simulator.delivered()
    assert len(simulator.attempts) == before + 1


async def test_people_are_told_what_they_are_to_an_organisation(client: Client) -> None:
    async def role(user: Payload, org: str = "orbit-works") -> tuple[int, str | None]:
        token = client.simulator.new_user_token(user)
        answer = await client.send("GET", f"/user/memberships/orgs/{org}", token)
        return answer.status_code, answer.json().get("role")

    assert await role(OWNER) == (200, "admin")
    assert await role(MEMBER) == (200, "member")
    assert await role(VISITOR) == (404, None)
    assert await role(OWNER, "launch-pad") == (403, None)
    client.simulator.world.organization.appoint(MEMBER, "admin")
    assert await role(MEMBER) == (200, "admin")
    assert set((await listed(client, MEMBER))["orbit-works"]) == {ROCKET, PROBE, SECRET}
    del client.simulator.app.permissions["members"]
    assert await role(OWNER) == (403, None)


async def test_the_app_asks_what_someone_is_to_an_organisation(client: Client) -> None:
    garden = the_installation(client.simulator, "mona-maintains")
    stranger, _ = client.simulator.site.credentials.grant_installation(installation_id=garden)
    path = "/orgs/orbit-works/memberships"

    owner = await client.bot("GET", f"{path}/Ada-Bright")
    assert (owner.status_code, owner.json()["role"], owner.json()["state"]) == (
        200,
        "admin",
        "active",
    )
    assert owner.json()["user"]["login"] == "ada-bright"
    assert (await client.bot("GET", f"{path}/vic-visits")).status_code == 404
    assert (await client.bot("GET", f"{path}/nobody-knows")).status_code == 404
    assert (await client.send("GET", f"{path}/ada-bright", stranger)).status_code == 403


async def test_a_persons_repository_is_of_no_organisation(client: Client) -> None:
    garden = client.simulator.repository(GARDEN)
    garden.open_issue("Water it", by=ACTING_USER)

    told = client.simulator.happenings[-1].payload
    assert "organization" not in told
    assert (told["repository"]["owner"]["type"], told["issue"]["author_association"]) == (
        "User",
        "OWNER",
    )
    assert told["installation"]["id"] == the_installation(client.simulator, "mona-maintains")
