"""Stories told through a world, chapter by chapter."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.worlds.people import another_app, maintainer, reviewer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.world import World


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happens, and the places of the deliveries that tell of it."""

    name: str
    deliveries: range


def the_whole_story(world: World) -> list[Chapter]:
    """Tell of two queued issues, of which Copilot solves the first with some help.

    They are the first two of the repository ``octo-org/rocket``; the pull request is its only one.
    """
    told: list[Chapter] = []
    rocket = world.repository("octo-org/rocket")
    with _chapter(world, told, "two issues are queued"):
        first = rocket.open_issue("Commands are refused", labels=("status:queued",))
        rocket.open_issue("The log is too loud", labels=("status:queued",))
    with _chapter(world, told, "the first is assigned to Copilot"):
        first.assign_copilot(by=maintainer)
    with _chapter(world, told, "Copilot opens a draft"):
        pull = rocket.copilot_opens(first)
    with _chapter(world, told, "CI is red"):
        run_ci(pull, "failure")
    with _chapter(world, told, "Copilot pushes a fix"):
        pull.push()
    with _chapter(world, told, "CI is green"):
        run_ci(pull, "success")
    with _chapter(world, told, "Copilot finishes its round"):
        pull.finish_round()
    with _chapter(world, told, "the draft is marked ready"):
        pull.mark_ready(by=maintainer)
    with _chapter(world, told, "the reviewer asks for changes"):
        pull.review(reviewer, "changes_requested", "@copilot Please test the second case, too.")
    with _chapter(world, told, "Copilot pushes again"):
        pull.push()
    with _chapter(world, told, "CI is green again"):
        run_ci(pull, "success")
    with _chapter(world, told, "the reviewer approves"):
        pull.review(reviewer, "approved")
    with _chapter(world, told, "the pull request is merged and closes the issue"):
        pull.merge(by=maintainer)
    with _chapter(world, told, "the second issue is still queued"):
        pass
    return told


def run_ci(pull: PullRequest, conclusion: str) -> None:
    """Run all checks of the newest commit; ``test`` comes to the conclusion, the lint passes."""
    pull.run_check("lint", "success", app=another_app)
    pull.run_check("test", conclusion)
    pull.suite(conclusion)
    pull.actions_run("CI", conclusion)


@contextmanager
def _chapter(world: World, told: list[Chapter], name: str) -> Iterator[None]:
    start = len(world.deliveries)
    yield
    told.append(Chapter(name, range(start, len(world.deliveries))))
