"""People gain and lose what they reach: what they see then, and which delivery tells of it."""

from collections.abc import AsyncIterator, Callable

import pytest

from simulator.payloads import Payload
from simulator.plan import Plan, RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER, MEMBER, OWNER, READER, REVIEWER, VISITOR
from simulator.state.happenings import Happening
from tests.simulator.builders import ROCKET
from tests.simulator.running import Client, a_client, a_simulator

pytestmark = pytest.mark.anyio

PROBE, GARDEN = "orbit-works/probe", "mona-maintains/garden"
Act = Callable[[Simulator], object]


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[Client]:
    assert anyio_backend
    plan = Plan(
        repositories=(
            RepositoryPlan(full_name=ROCKET),
            RepositoryPlan(full_name=PROBE, roles={}),
            RepositoryPlan(full_name=GARDEN),
            RepositoryPlan(full_name="orbit-works/aloof", installed=False),
        )
    )
    async with a_simulator(plan) as simulator, a_client(simulator) as one:
        yield one


async def reached(client: Client, user: Payload) -> set[str]:
    """Names of all repositories that a person is shown, each with their role."""
    token = client.simulator.new_user_token(user)
    answer = await client.send("GET", "/user/installations", token)
    found = set()
    for each in answer.json()["installations"]:
        path = f"/user/installations/{each['id']}/repositories"
        listed = (await client.send("GET", path, token)).json()["repositories"]
        found |= {f"{one['name']} {one['role_name']}" for one in listed}
    return found


def joins_a_team(simulator: Simulator) -> None:
    organization, probe = simulator.world.organization, simulator.repository(PROBE)
    organization.grant_team("pilots", probe, "maintain")
    organization.join_team(MEMBER, "pilots")


def leaves_a_team(simulator: Simulator) -> None:
    joins_a_team(simulator)
    simulator.world.organization.leave_team(MEMBER, "pilots")


def team_loses_it(simulator: Simulator) -> None:
    joins_a_team(simulator)
    simulator.world.organization.grant_team("pilots", simulator.repository(PROBE), "none")


def team_may_less(simulator: Simulator) -> None:
    joins_a_team(simulator)
    simulator.world.organization.grant_team("pilots", simulator.repository(PROBE), "read")


def leaves_the_organization(simulator: Simulator) -> None:
    joins_a_team(simulator)
    simulator.world.organization.leave(MEMBER)


def moves_away(simulator: Simulator) -> None:
    simulator.world.transfer(simulator.repository(ROCKET), "mona-maintains")


CHANGES: list[tuple[Payload, Act, set[str], str]] = [
    (
        VISITOR,
        lambda it: it.repository(ROCKET).grant(VISITOR, "triage"),
        {"rocket triage"},
        "member",
    ),
    (READER, lambda it: it.repository(ROCKET).grant(READER, "write"), {"rocket write"}, "member"),
    (REVIEWER, lambda it: it.repository(ROCKET).grant(REVIEWER, "none"), set(), "member"),
    (MEMBER, joins_a_team, {"probe maintain"}, "membership.added"),
    (MEMBER, leaves_a_team, set(), "membership.removed"),
    (MEMBER, team_loses_it, set(), "team.removed_from_repository"),
    (MEMBER, team_may_less, {"probe read"}, "team.edited"),
    (MEMBER, leaves_the_organization, set(), "organization.member_removed"),
    (OWNER, moves_away, {"rocket admin", "probe admin"}, "repository.transferred"),
    (ACTING_USER, moves_away, {"rocket admin", "garden admin"}, "repository.transferred"),
    (
        REVIEWER,
        lambda it: it.world.disconnect([ROCKET]),
        set(),
        "installation_repositories.removed",
    ),
    (
        OWNER,
        lambda it: it.world.connect(["orbit-works/aloof"]),
        {"rocket admin", "probe admin", "aloof admin"},
        "installation_repositories.added",
    ),
    (
        REVIEWER,
        lambda it: it.world.uninstall(it.installation_id),
        set(),
        "installation.deleted",
    ),
    (
        REVIEWER,
        lambda it: it.world.rename(it.repository(ROCKET), "ship"),
        {"ship write"},
        "repository.renamed",
    ),
]


@pytest.mark.parametrize(("user", "act", "shown", "told"), CHANGES)
async def test_what_someone_is_shown_changes_and_is_told(
    client: Client, user: Payload, act: Act, shown: set[str], told: str
) -> None:
    simulator = client.simulator
    act(simulator)

    assert await reached(client, user) == shown
    happened = simulator.happenings[-1]
    assert told in (happened.event, f"{happened.event}.{happened.action}")
    await simulator.delivered()
    assert simulator.attempts[-1].delivery.event == happened.event


async def test_what_becomes_public_is_read_but_not_listed(client: Client) -> None:
    simulator, token = client.simulator, client.simulator.new_user_token(VISITOR)
    rocket, path = simulator.repository(ROCKET), f"/repos/{ROCKET}"
    statuses = [(await client.send("GET", path, token)).status_code]
    rocket.publish()
    statuses.append((await client.send("GET", path, token)).status_code)
    assert await reached(client, VISITOR) == set()
    rocket.publish(private=True)
    statuses.append((await client.send("GET", path, token)).status_code)

    assert statuses == [404, 200, 404]
    actions = [(each.action, each.payload["repository"]["private"]) for each in told(simulator)]
    assert actions == [("publicized", False), ("privatized", True)]


async def test_each_organisation_tells_by_its_own_installation(client: Client) -> None:
    world, simulator = client.simulator.world, client.simulator
    world.organization_named("launch-pad").join(VISITOR)
    await simulator.delivered()
    before = len(simulator.attempts)
    assert before == len(simulator.happenings) - 1  # the App is not installed there

    pad = world.install(["launch-pad/crane"])
    world.organization_named("launch-pad").leave(VISITOR)
    joined = simulator.happenings[-1].payload
    assert (joined["organization"]["login"], joined["installation"]["id"]) == ("launch-pad", pad)
    assert world.organization.members[REVIEWER["id"]] == "member"


def told(simulator: Simulator) -> list[Happening]:
    return [each for each in simulator.happenings if each.event == "repository"]
