"""Lively histories, in which all happens that changes what pages show of repositories."""

from collections.abc import Iterator
from random import Random
from uuid import UUID, uuid4

from events.catalogue import (
    About,
    ActingUserSet,
    AppIdentified,
    InstallationAnswered,
    LanePaused,
    LaneResumed,
    ModeSet,
    PolicyChanged,
    PolicyProblem,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
    WorkflowSkipped,
    own_event,
)
from events.envelope import NewEvent
from simulator.payloads import INSTALLATION_ID, a_repository, an_installation, deliveries
from tests.projections.builders import a_delivery
from tests.projections.costs.happenings import a_session
from tests.projections.own_events import a_cancellation, a_failure, a_request, a_success, told
from tests.worlds.moves import moves
from tests.worlds.people import maintainer
from tests.worlds.stories import the_whole_story
from tests.worlds.world import World

ACTIONS = tuple(UUID(int=number) for number in (1, 2, 3))
ALONE = a_repository("octo-org/alone")  # of which only an installation tells
ANOTHER = 77  # the installation to which a repository moves
_POLICY: dict[str, object] = {"ci": {"max_attempts": 5}, "budget": {"sessions_per_month": 9}}
_SECOND = 1_794_000_000  # GitHub's, later than all that the world tells


def drawing(seed: int) -> Random:
    """What draws a history, the same of a seed each time."""
    return Random(seed)  # noqa: S311 (nothing is kept secret by it)


class History:
    """A history of two repositories of an installation, and of one that nothing happens in."""

    def __init__(self, random: Random, more: int = 12) -> None:
        self._random = random
        self._world = world = World()
        the_whole_story(world)
        world.repository("octo-org/lander").open_issue("It is stuck", labels=("status:queued",))
        for _ in range(more):
            random.choice(random.choice([*moves(world)]))()
        self.repositories = (*(each.id for each in world.repositories), ALONE["id"])
        self.events = [*self._interleaved([*self._own()])]

    def _interleaved(self, own: list[NewEvent]) -> Iterator[NewEvent]:
        """Yield what we and operators say in its order, at whatever places among deliveries."""
        told = [*self._world.deliveries]
        while own or told:
            ours = self._random.randrange(len(own) + len(told)) < len(own)
            yield own.pop(0) if ours else told.pop(0)

    def _own(self) -> Iterator[NewEvent]:
        rocket, lander, *_ = (each.id for each in self._world.repositories)
        whole = About(installation_id=INSTALLATION_ID)
        here = About(installation_id=INSTALLATION_ID, repository_id=rocket)
        there = About(installation_id=INSTALLATION_ID, repository_id=lander)
        person = {"user_id": maintainer["id"], "login": maintainer["login"]}
        yield own_event(ActingUserSet(**person), uuid4())
        yield own_event(AppIdentified(user_id=5, login="us[bot]", signs=False), uuid4())
        yield _policy("server", About(), {"mode": "live"})
        yield _installed("created")
        yield a_request(ACTIONS[0], about=here, issue_number=1)
        yield told(LanePaused(reason="a release"), here)
        yield a_success(ACTIONS[0], about=here, issue_number=1)
        yield _policy("repository", here, _POLICY, commit="c" * 40)
        yield told(LaneResumed(reason="it is out"), here)
        yield told(ScopePaused(reason="an outage"), About())
        yield a_session(3, "in_progress", about=here, issue=1)
        yield a_request(ACTIONS[1], about=here, issue_number=2, kind="mark_ready")
        yield told(ScopePaused(reason="theirs"), whole)
        yield told(QueueReordered(order=(2, 1), reason="why"), here)
        yield told(ScopeResumed(reason="over"), About())
        yield _policy("repository", here, None)
        yield a_failure(ACTIONS[1], about=here, issue_number=2)
        yield told(ModeSet(mode="shadow", reason="wait"), there)
        yield told(ScopeResumed(reason="over"), whole)
        yield _installed("suspend")
        yield a_delivery("check_run", {"check_run": {}, "repository": ALONE})
        yield _policy("installation", whole, {"queue": {"order": ["created"]}})
        yield a_request(ACTIONS[2], about=there, issue_number=1, mode="shadow")
        yield _installed("unsuspend")
        yield told(ModeSet(mode=None), there)
        yield told(WorkflowSkipped(issue_number=1), there)
        yield own_event(_answer(), uuid4(), about=About(repository_id=rocket))
        yield a_cancellation(ACTIONS[2], about=there, issue_number=1)
        yield told(ModeSet(mode="off"), About(installation_id=ANOTHER, repository_id=rocket))
        yield _installed("deleted")


def _policy(
    layer: str, about: About, document: dict[str, object] | None, commit: str | None = None
) -> NewEvent:
    problems = () if document is not None else (PolicyProblem(path="mode", message="is loud"),)
    content = PolicyChanged.model_validate(
        {
            "layer": layer,
            "origin": "a file",
            "commit": commit,
            "content": "",
            "document": document,
            "problems": problems,
        }
    )
    return own_event(content, uuid4(), about=about)


def _installed(action: str) -> NewEvent:
    seconds = {"created": 0, "suspend": 60, "unsuspend": 120, "deleted": 180}[action]
    installation = an_installation(
        updated_at=_SECOND + seconds,
        suspended_at="2026-11-07T00:00:00Z" if action == "suspend" else None,
    )
    listed = [ALONE] if action == "created" else []
    told = deliveries.installation(action, installation=installation, repositories=listed)
    return a_delivery("installation", told)


def _answer() -> InstallationAnswered:
    return InstallationAnswered(installation_id=ANOTHER, owner="octo-org", as_of=10_000)
