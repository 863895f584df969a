"""What the demonstration's GitHub is like: a few repositories with work waiting in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.plan import (
    CiHabits,
    CopilotHabits,
    IssuePlan,
    MergingHabits,
    PeopleHabits,
    Plan,
    RepositoryPlan,
    Script,
)

REPOSITORIES = ("orbit-works/rocket", "orbit-works/lander", "orbit-works/relay")
POLICY_PATH = ".github/copilot-orchestrator.yml"
POLICY = """\
# The demonstration's time runs fast, so its waits are short.
mode: live
ci:
  settle_seconds: 1
  max_attempts: 2
  flaky: rerun_once
review:
  quiet_seconds: 1
watchdog:
  no_pull_request_minutes: 2
"""

_MEND = "mend: agent_merge\n"
_MENDS_ITSELF_IN = 0  # the place of the repository in which Copilot mends without being asked
_EPICS = "queue:\n  epics: true\n"
_EPIC = 6  # which of many issues consists of two others of its repository
_EPIC_TITLE = "Come through a restart unharmed"
_PARTS = (2, 1)  # by number there, in the epic's order

_QUEUED = ("status:queued",)
_TITLES = (
    "Commands are refused after a restart",
    "The log is too loud",
    "Telemetry loses its last packet",
    "The altimeter reads feet as metres",
    "Retry the uplink with a backoff",
    "The landing legs deploy twice",
    "Say why a burn was aborted",
    "Fuel is rounded up",
    "The countdown skips a second",
)
_GREEN_IN_THE_END = Script(ignored_assignments=0, checks=("failure", "success"))
_CHANGES_WANTED = Script(ignored_assignments=0, reviews=("changes_requested", "approved"))
_STOPPED_ONCE = Script(
    ignored_assignments=0, checks=("success",) * 3, sessions=("failed", "completed")
)
_FLAKY = Script(ignored_assignments=0, checks=("flaky", "success", "success"))
_FLAKY_IN = 1  # the place of the repository of that issue
_HISTORY = ("success", "failure", "success", "success") * 3  # of its default branch
_NEVER_GREEN = Script(ignored_assignments=0, checks=("failure",) * 8)
_CONFLICTING = Script(ignored_assignments=0, checks=("success",) * 3, conflicts=1)
_FREE = Script(ignored_assignments=0)
_MANY = 6  # issues from which on one is never mended
_SO_MANY = 8  # from which on there is an epic


@dataclass(frozen=True, slots=True)
class Wish:
    """How much is to happen, how fast, drawn by which seed, and where it is served.

    ``speed`` is of GitHub's time; ``port`` 0 is any that is free.
    """

    issues: int
    speed: float
    seed: int
    port: int = 0


def plan_of(wish: Wish) -> Plan:
    """Return the plan: issues go to the repositories in turn, and the same seed tells the same."""
    repositories = tuple(
        RepositoryPlan(
            full_name=name,
            files={POLICY_PATH: POLICY + "".join(_more(wish, place))},
            agent_merge=place == _MENDS_ITSELF_IN,
            issues=tuple(_issues(wish, place)),
            required_checks=("lint", "test"),
            required_approvals=1,
            tasks=True,
            history=_HISTORY if place == _FLAKY_IN else (),
        )
        for place, name in enumerate(REPOSITORIES[: max(1, min(wish.issues, len(REPOSITORIES)))])
    )
    return Plan(
        repositories=repositories,
        seed=wish.seed,
        speed=wish.speed,
        copilot=CopilotHabits(never_starts=0.0),
        ci=CiHabits(fails=0.2),
        people=PeopleHabits(sessions=True, epics=True),
        merging=MergingHabits(computes_for=(1, 5)),
    )


def hopeless(wish: Wish) -> int:
    """Return how many issues end with a person, since Copilot cannot mend their checks."""
    return 1 if wish.issues >= _MANY else 0


def _more(wish: Wish, place: int) -> Iterator[str]:
    """Yield what a repository's policy says beside that of all."""
    if place == _MENDS_ITSELF_IN:
        yield _MEND
    if _has_epic(wish, place):
        yield _EPICS


def _has_epic(wish: Wish, place: int) -> bool:
    return wish.issues >= _SO_MANY and _EPIC % len(REPOSITORIES) == place


def _issues(wish: Wish, place: int) -> Iterator[IssuePlan]:
    parts = _PARTS if _has_epic(wish, place) else ()
    for there, number in enumerate(range(place, wish.issues, len(REPOSITORIES)), start=1):
        if parts and number == _EPIC:
            yield IssuePlan(title=_EPIC_TITLE, labels=_QUEUED, sub_issues=parts)
            continue
        script = _script(number, last=number == wish.issues - 1 and hopeless(wish) > 0)
        title = _TITLES[number % len(_TITLES)]
        # What an epic consists of is queued by it, and by no label of its own.
        labels = () if there in parts else _QUEUED
        yield IssuePlan(title=title, labels=labels, script=script)


def _script(number: int, *, last: bool) -> Script:
    if last:
        return _NEVER_GREEN
    several = (_GREEN_IN_THE_END, _CHANGES_WANTED, _CONFLICTING, _STOPPED_ONCE, _FLAKY)
    return several[number] if number < len(several) else _FREE
