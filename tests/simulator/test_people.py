"""Kinds of people: what each may do, what payloads call them, and what is told when it changes."""

import pytest

from simulator.payloads import Payload, a_user
from simulator.plan import CiHabits, CopilotHabits, Plan, RepositoryPlan
from simulator.state.accounts import (
    ACTING_USER,
    BOT,
    COPILOT,
    COPILOT_REVIEWER,
    GHOST,
    MEMBER,
    OWNER,
    READER,
    REVIEWER,
    VISITOR,
)
from simulator.state.refusals import NotMergeable
from tests.simulator.builders import ROCKET, a_draft, a_rocket, a_world, told
from tests.simulator.running import REPO, a_client, a_plan, a_simulator
from tests.simulator.towns import a_town

STRANGERS = [VISITOR, READER, MEMBER, BOT, GHOST]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("user", "permission", "role"),
    [
        (OWNER, "admin", "admin"),
        (ACTING_USER, "write", "write"),
        (READER, "read", "read"),
        (MEMBER, "none", "none"),
        (VISITOR, "none", "none"),
    ],
)
async def test_github_says_what_someone_may_do(user: Payload, permission: str, role: str) -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        answer = await client.bot("GET", f"{REPO}/collaborators/{user['login']}/permission")

    told = answer.json()
    assert answer.status_code == 200
    assert (told["permission"], told["role_name"]) == (permission, role)
    assert told["user"]["id"] == user["id"]
    assert told["user"]["permissions"]["push"] is (permission in ("admin", "write"))


@pytest.mark.anyio
async def test_nobody_and_bots_are_no_users_and_anyone_reads_what_is_public() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        statuses = [
            (await client.bot("GET", f"{REPO}/collaborators/{login}/permission")).status_code
            for login in ("nobody-knows", "renovate[bot]", "Copilot", "ghost")
        ]
        rocket.access.private = False
        path = f"{REPO}/collaborators/{VISITOR['login']}/permission"
        public = (await client.bot("GET", path)).json()
        rocket.grant(VISITOR, "maintain")
        given = (await client.bot("GET", path)).json()
        simulator.delete_account(VISITOR)
        gone = await client.bot("GET", path)

    assert statuses == [404] * 4
    assert (public["permission"], public["role_name"]) == ("read", "read")
    assert (given["permission"], given["role_name"]) == ("write", "maintain")
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("user", "association"),
    [
        (OWNER, "MEMBER"),
        (MEMBER, "MEMBER"),
        (READER, "COLLABORATOR"),
        (VISITOR, "NONE"),
        (BOT, "NONE"),
        (COPILOT_REVIEWER, "NONE"),
    ],
)
def test_payloads_say_what_someone_is_to_the_repository(user: Payload, association: str) -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    pull.issue.comment("I saw it.", user)
    pull.review(user, "commented", "Well.")
    rocket.open_issue("Mine", by=user)

    comment, review, issue = (each.payload for each in rocket.happenings.all[-3:])
    for said in (comment["comment"], review["review"], issue["issue"]):
        assert (said["user"]["login"], said["author_association"]) == (user["login"], association)
    assert review["pull_request"]["author_association"] == "CONTRIBUTOR"


def test_what_a_deleted_account_wrote_is_a_ghosts() -> None:
    world = a_world()
    rocket = world.repository(ROCKET)
    pull = a_draft(rocket)
    review = pull.review(REVIEWER, "approved")
    assert pull.review_snapshot(review)["user"]["login"] == REVIEWER["login"]

    rocket.happenings.directory.deleted.add(REVIEWER["id"])

    assert pull.review_snapshot(review)["user"] is None
    assert pull.review_snapshot(review)["author_association"] == "NONE"
    assert pull.approvals == 0
    pull.review(GHOST, "approved")
    told: Payload = rocket.happenings.all[-1].payload
    assert (told["review"]["user"], told["sender"]["login"]) == (None, "ghost")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_verdict_counts_only_with_write_access(stranger: Payload) -> None:
    rocket = a_rocket()
    rocket.required_approvals = 1
    pull = a_draft(rocket)
    pull.mark_ready(OWNER)
    pull.review(stranger, "approved")
    with pytest.raises(NotMergeable, match="approving review"):
        pull.merge(OWNER)
    pull.review(stranger, "changes_requested")
    assert not pull.is_refused
    pull.review(REVIEWER, "approved")
    pull.merge(OWNER)


def test_copilots_approval_counts_where_the_repository_lets_it() -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    pull.review(COPILOT_REVIEWER, "approved")
    assert pull.approvals == 0
    rocket.copilot_approvals_count = True
    assert pull.approvals == 1


def test_copilot_approves_where_its_habit_is_to() -> None:
    plan = Plan(
        repositories=(RepositoryPlan(full_name=ROCKET),), copilot=CopilotHabits(approves=1.0)
    )
    world, _ = a_town(plan)
    pull = a_draft(world.repository(ROCKET))
    pull.request_review(COPILOT_REVIEWER, OWNER)
    world.clock.advance(300)
    assert [(each.by["id"], each.state) for each in pull.reviews] == [
        (COPILOT_REVIEWER["id"], "approved")
    ]


@pytest.mark.anyio
async def test_what_copilot_suggests_is_told_by_itself_and_listed_by_its_review() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        pull = a_draft(rocket)
        plain = pull.review(COPILOT_REVIEWER, "commented", "Reviewed.")
        review = pull.review(
            COPILOT_REVIEWER, "commented", "Reviewed.", on_changes=("One.", "Two.")
        )
        of_plain, of_review, of_none = [
            await client.bot("GET", f"{REPO}/pulls/{pull.number}/reviews/{each}/comments")
            for each in (plain.id, review.id, 1)
        ]
    about = [each for each in rocket.happenings.all if each.event.startswith("pull_request_review")]
    assert [each.event for each in about] == [
        *["pull_request_review"] * 2,
        *["pull_request_review_comment"] * 2,
    ]
    delivered = [each.payload["comment"] for each in about[2:]]
    assert [each["id"] for each in of_review.json()] == [each["id"] for each in delivered]
    assert [each["body"] for each in delivered] == ["One.", "Two."]
    assert {each["pull_request_review_id"] for each in delivered} == {review.id}
    assert len({each["id"] for each in delivered}) == 2
    assert (of_plain.json(), of_none.status_code) == ([], 404)


@pytest.mark.parametrize("left", [True, False])
def test_people_leave_alone_what_is_left_to_copilot(
    left: bool,  # noqa: FBT001 (a parameter of a test)
) -> None:
    repository = RepositoryPlan(full_name=ROCKET, left_to_copilot=left)
    habits = CopilotHabits(never_starts=0.0)
    world, _ = a_town(Plan(repositories=(repository,), copilot=habits, ci=CiHabits(fails=0.0)))
    rocket = world.repository(ROCKET)
    rocket.open_issue("Commands are refused").assign_copilot(OWNER)
    world.clock.advance(7200)
    [pull] = rocket.pull_requests
    pull.mark_ready(OWNER)
    world.clock.advance(7200)
    assert (rocket.copilot_approvals_count, bool(pull.reviews)) == (left, not left)


@pytest.mark.parametrize("suggests", [0.0, 1.0])
def test_copilot_suggests_something_as_its_habit_is(suggests: float) -> None:
    habits = CopilotHabits(suggests=suggests)
    world, _ = a_town(Plan(repositories=(RepositoryPlan(full_name=ROCKET),), copilot=habits))
    pull = a_draft(world.repository(ROCKET))
    pull.request_review(COPILOT_REVIEWER, OWNER)
    world.clock.advance(300)
    [review] = pull.reviews
    assert (review.state, bool(review.on_changes)) == ("commented", suggests == 1.0)


@pytest.mark.parametrize("itself", [True, False])
def test_copilot_reviews_what_is_ready_and_each_push_by_itself_where_that_is_set(
    itself: bool,  # noqa: FBT001 (a parameter of a test)
) -> None:
    habits = CopilotHabits(reviews_itself=itself)
    world, _ = a_town(Plan(repositories=(RepositoryPlan(full_name=ROCKET),), copilot=habits))
    pull = a_draft(world.repository(ROCKET))
    pull.mark_ready(OWNER)
    world.clock.advance(300)
    assert len(pull.reviews) == itself
    pull.push("More", COPILOT)
    world.clock.advance(300)
    assert [each.state for each in pull.reviews] == ["commented"] * 2 * itself


@pytest.mark.parametrize("stranger", STRANGERS)
def test_copilot_obeys_only_those_who_may_write(stranger: Payload) -> None:
    world, _ = a_town(a_plan())
    rocket = world.repository(ROCKET)
    pull = rocket.copilot_opens(rocket.issue(1))
    pull.comment("@copilot go on", stranger)
    pull.review(stranger, "changes_requested", "@copilot go on")
    world.clock.advance(1600)
    assert len(pull.commits) == 1

    rocket.grant(READER, "write")
    pull.comment("@copilot go on", READER)
    world.clock.advance(1600)
    assert len(pull.commits) == 2


def test_a_collaborator_comes_is_changed_and_goes() -> None:
    rocket = a_rocket()
    before, eve = len(rocket.happenings.all), a_user("eve-else")
    for role in ("write", "write", "read", "none"):
        rocket.grant(eve, role)

    assert told(rocket, before) == [
        "member.added by ada-bright",
        "member.edited by ada-bright",
        "member.removed by ada-bright",
    ]
    added, edited, removed = (each.payload for each in rocket.happenings.all[before:])
    assert added["changes"]["permission"] == {"to": "write"}
    assert edited["changes"]["permission"] == {"from": "write", "to": "read"}
    assert removed["member"]["login"] == "eve-else"
    assert removed["repository"]["full_name"] == ROCKET
    assert rocket.access.role(eve) == "none"


def test_a_team_gives_rights_and_takes_them() -> None:
    world = a_world()
    rocket, organization = world.repository(ROCKET), world.organization
    before = len(rocket.happenings.all)
    organization.join_team(MEMBER, "pilots")
    organization.grant_team("pilots", rocket, "write")
    assert rocket.access.may_write(MEMBER)
    organization.grant_team("pilots", rocket, "read")
    assert rocket.access.permission(MEMBER) == "read"
    organization.grant_team("pilots", rocket, "none")
    organization.leave_team(MEMBER, "pilots")
    organization.leave(MEMBER)
    assert rocket.access.association(MEMBER) == "NONE"

    organization.join(VISITOR)
    assert rocket.access.association(VISITOR) == "MEMBER"
    assert [each.partition(" ")[0] for each in told(rocket, before)] == [
        "membership.added",
        "team.added_to_repository",
        "team.edited",
        "team.removed_from_repository",
        "membership.removed",
        "organization.member_removed",
        "organization.member_added",
    ]
    with_repository = [each for each in rocket.happenings.all[before:] if each.repository_id]
    assert {each.event for each in with_repository} == {"team"}


@pytest.mark.anyio
async def test_whoever_waits_for_a_cue_acts_on_it_once() -> None:
    async with a_simulator(a_plan()) as simulator:
        rocket = simulator.repository(ROCKET)
        simulator.on_cue("pull_request", "opened", lambda it: it.review(VISITOR, "approved"))
        first = rocket.copilot_opens(rocket.issue(1))
        second = rocket.copilot_opens(rocket.issue(1))
        simulator.clock.advance(1)

        assert [each.by["login"] for each in first.reviews] == [VISITOR["login"]]
        assert second.reviews == []
