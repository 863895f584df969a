"""What people, Copilot and CI do next about an issue or a pull request, drawn by chance."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import TypeAlias, TypeVar

from tests.worlds.actions_runs import ActionsRun
from tests.worlds.check_runs import CheckRun
from tests.worlds.issues import Issue
from tests.worlds.people import (
    another_app,
    another_reviewer,
    copilot,
    copilot_reviewer,
    maintainer,
    reviewer,
)
from tests.worlds.possible import NotPossible
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.stories import run_ci
from tests.worlds.world import World

Move: TypeAlias = Callable[[], object]
Weighted: TypeAlias = Sequence[tuple[int, Move]]
T = TypeVar("T")

_OPEN_AT_ONCE = 9  # queued issues of a repository
_LABELS = ("bug", "urgent", "status:queued", "Status:Draft")
_PEOPLE = (reviewer, another_reviewer, maintainer)
_PLEASE = "@copilot please test the second case, too"


def chance(random: Random, weighted: Weighted) -> None:
    """Make one of several moves; what GitHub would refuse does not happen."""
    moves = [move for _, move in weighted]
    if moves:
        [move] = random.choices(moves, [weight for weight, _ in weighted])
        with suppress(NotPossible):
            move()


def go_on(random: Random, repository: Repository) -> None:
    """Bring some issue of a repository one step on, or open another."""
    issues = [each for each in repository.issues if not each.gone]
    alive = [each for each in issues if each.is_open]
    if len(alive) < _OPEN_AT_ONCE and random.random() < 0.2:
        _open(random, repository, len(issues))
        return
    done = [each for each in issues if not each.is_open]
    if done and random.random() < 0.06:
        chance(random, [(1, random.choice(done[-5:]).reopen)])
    elif alive:
        under_way = [each for each in alive if copilot in each.assignees or _pulls(each)]
        issue = random.choice(under_way if under_way and random.random() < 0.8 else alive)
        _advance(random, repository, issue)


def anything(random: Random, world: World, repository: Repository) -> None:
    """Make any move about some issue or pull request that is new enough to matter."""
    subjects = [each for each in repository.subjects[-40:] if not getattr(each, "gone", False)]
    if not subjects:
        return
    subject = random.choice(subjects)
    if isinstance(subject, PullRequest):
        chance(random, [*_of_pull(random, subject), *_of_any(random, subject)])
    elif isinstance(subject, Issue):
        chance(random, [*_of_issue(random, world, subject), *_of_any(random, subject)])


def _open(random: Random, repository: Repository, number: int) -> None:
    labels = [] if random.random() < 0.15 else ["status:queued"]
    if random.random() < 0.3:
        labels.append(random.choice(("bug", "urgent")))
    body = "" if random.random() < 0.5 else "Part of the launch checklist."
    repository.open_issue(f"Command {number} is refused", labels=labels, body=body)


def _pulls(issue: Issue) -> list[PullRequest]:
    assert isinstance(issue.repository, Repository)
    return [each for each in issue.repository.pull_requests if each.issue is issue and each.is_open]


def _advance(random: Random, repository: Repository, issue: Issue) -> None:
    pulls = _pulls(issue)
    if pulls:
        _advance_pull(random, random.choice(pulls))
    elif copilot in issue.assignees:
        opens = partial(repository.copilot_opens, issue)
        base = partial(repository.copilot_opens, issue, base="release")
        person = partial(repository.person_opens, issue, reviewer)
        chance(random, [(16, opens), (3, partial(opens, closes=False)), (1, base), (1, person)])
    else:
        fork = partial(repository.person_opens, issue, reviewer, from_fork=True)
        chance(
            random,
            [
                (2, issue.assign_copilot),
                (2, partial(issue.label, "status:queued")),
                (1, fork),
                (1, partial(issue.close, "not_planned")),
                (6, lambda: None),
            ],
        )


def _advance_pull(random: Random, pull: PullRequest) -> None:
    chance(random, _drafted(random, pull) if pull.draft else _ready(random, pull))


def _drafted(random: Random, pull: PullRequest) -> Weighted:
    return [
        (1, partial(run_ci, pull, random.choice(("success", "failure")))),
        (6, partial(pull.run_check, "test", "success")),
        (4, partial(pull.run_check, "test", "failure")),
        (4, pull.push),
        (7, pull.finish_round),
        (4, partial(_mend, pull)),
        (2, partial(pull.run_check, "test", random.choice(("success", "failure", None)))),
        (1, pull.mark_ready),
        (1, pull.close),
    ]


def _ready(random: Random, pull: PullRequest) -> Weighted:
    person = random.choice(_PEOPLE)
    return [
        (1, partial(run_ci, pull, random.choice(("success", "success", "failure")))),
        (5, partial(pull.run_check, "test", "success")),
        (1, partial(pull.run_check, "test", "failure")),
        (8, partial(pull.review, person, "approved")),
        (5, partial(pull.review, person, "changes_requested", _PLEASE)),
        (1, partial(pull.review, person, "commented", "Looks fine to me.")),
        (2, partial(_copilot_reviews, pull, random.choice(("Reviewed 3 of 3 files.", "Nothing.")))),
        (2, partial(pull.request_review, random.choice((reviewer, copilot_reviewer)))),
        (3, partial(_mend, pull)),
        (3, pull.merge),
        (1, pull.convert_to_draft),
        (1, pull.close),
    ]


def _copilot_reviews(pull: PullRequest, says: str) -> None:
    pull.copilot_review(says, suggests=0 if says == "Nothing." else 1)


def _mend(pull: PullRequest) -> None:
    pull.push()
    pull.run_check("test", "success")
    pull.finish_round()


def _of_pull(random: Random, pull: PullRequest) -> Weighted:
    runs: list[CheckRun | ActionsRun] = [*pull.check_runs, *pull.actions_runs]
    pending = [run for run in runs if run.conclusion is None]
    given = [each for each in pull.reviews if each.can_be_dismissed]
    result = random.choice(("success", "failure", "cancelled", "timed_out", "neutral"))
    return [
        *((4, partial(run.complete, result)) for run in pending[-2:]),
        *((3, partial(pull.dismiss, each)) for each in given[-2:]),
        *((2, partial(pull.withdraw_request, each)) for each in pull.requested_reviewers[-2:]),
        (2, partial(pull.actions_run, "CI", random.choice(("success", "failure", None)))),
        (1, partial(pull.actions_run, "CI", "action_required")),
        (1, partial(pull.actions_run, "CI", "success", attempt=1)),
        (2, partial(pull.rerun_check, "test", result)),
        (2, partial(pull.status, "ci/launchpad", random.choice(("pending", "success", "error")))),
        (1, partial(pull.run_check, "lint", result, another_app)),
        (1, partial(pull.suite, result, another_app)),
        (1, partial(pull.push, forced=True)),
        (1, partial(pull.push, maintainer)),
        (2, partial(pull.edit, title=f"{pull.title}!")),
        (1, partial(pull.edit, body=f"Fixes #{random.randint(1, 12)}\n\nAnd more.")),
        (1, pull.reopen),
        (1, pull.convert_to_draft),
        (1, partial(pull.request_review, copilot_reviewer)),
    ]


def _of_issue(random: Random, world: World, issue: Issue) -> Weighted:
    others = [each for each in world.repositories if each is not issue.repository]
    around = [each for repository in world.repositories for each in repository.issues[-12:]]
    other = random.choice(around)
    return [
        *((3, partial(issue.unblock, each)) for each in issue.blocked_by[:2]),
        (4, partial(issue.block_by, other)),
        (1, partial(issue.transfer_to, others[0])) if others else (1, issue.transfer),
        (1, issue.delete if random.random() < 0.3 else issue.transfer),
        (2, partial(issue.edit_title, f"{issue.title}?")),
        (1, partial(issue.close, random.choice(("completed", "not_planned", "duplicate")))),
        (2, issue.reopen),
        (2, partial(issue.unassign_copilot, reviewer)),
        (1, partial(issue.assign_copilot, reviewer)),
    ]


def _of_any(random: Random, subject: Issue | PullRequest) -> Weighted:
    name = random.choice(_LABELS)
    labels = subject.unlabel if name in subject.labels else subject.label
    said = random.choice(("I saw the same.", _PLEASE, "`@copilot` in code is no mention"))
    assigned = another_reviewer in subject.assignees
    return [
        (4, partial(labels, name)),
        (2, partial(subject.comment, said, random.choice(_PEOPLE))),
        (1, partial(subject.unassign if assigned else subject.assign, another_reviewer)),
    ]
