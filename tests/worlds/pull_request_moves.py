"""What may happen next to a pull request, and what to it and an issue alike."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from tests.worlds.actions_runs import ActionsRun
from tests.worlds.check_runs import CheckRun
from tests.worlds.people import another_app, another_reviewer, maintainer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.subject import Subject

Move: TypeAlias = Callable[[], object]

LABELS = ("status:queued", "bug")
_SAID = ("I saw the same yesterday.", "@copilot please look again")


def on_pull_request(pull: PullRequest) -> tuple[Iterator[Move], ...]:
    """Return what is possible with a pull request, in kinds."""
    return _work(pull), _checks(pull), _reviews(pull), on_subject(pull)


def on_subject(subject: Subject) -> Iterator[Move]:
    """Return what is possible with issues and pull requests alike."""
    for name in LABELS:
        change = subject.unlabel if name in subject.labels else subject.label
        yield partial(change, name)
    assigned = another_reviewer in subject.assignees
    yield partial(subject.unassign if assigned else subject.assign, another_reviewer)
    yield from (partial(subject.comment, said) for said in _SAID)


def _work(pull: PullRequest) -> Iterator[Move]:
    if not pull.is_open:
        yield from () if pull.merged else (pull.reopen,)
        return
    yield pull.push
    yield partial(_go_round, pull)
    yield partial(_bring_home, pull)
    yield pull.mark_ready if pull.draft else pull.merge
    yield pull.finish_round
    yield partial(pull.push, forced=True)
    yield pull.close
    if not pull.draft:
        yield pull.convert_to_draft


def _go_round(pull: PullRequest) -> None:
    pull.run_check("test", "failure")
    pull.push()
    pull.run_check("test", "success")
    pull.finish_round()


def _bring_home(pull: PullRequest) -> None:
    if pull.draft:
        pull.mark_ready()
    pull.review(another_reviewer, "approved")
    pull.merge()


def _checks(pull: PullRequest) -> Iterator[Move]:
    if not pull.is_open:
        return
    yield partial(pull.suite, "success")
    for conclusion in ("success", "failure", None):
        yield partial(pull.run_check, "test", conclusion)
        yield partial(pull.actions_run, "CI", conclusion)
        yield partial(pull.status, "ci/launchpad", conclusion or "pending")
    yield partial(pull.run_check, "lint", "success", another_app)
    yield partial(pull.actions_run, "CI", "action_required")
    pending: list[CheckRun | ActionsRun] = [*pull.check_runs, *pull.actions_runs]
    yield from (partial(run.complete, "success") for run in pending if run.conclusion is None)


def _reviews(pull: PullRequest) -> Iterator[Move]:
    given = [each for each in pull.reviews if each.can_be_dismissed]
    yield from (partial(pull.dismiss, review) for review in given)
    yield from (partial(pull.withdraw_request, asked) for asked in pull.requested_reviewers)
    for person in (maintainer, another_reviewer):
        yield partial(pull.review, person, "approved")
        yield partial(pull.review, person, "changes_requested", _SAID[1])
        yield partial(pull.review, person, "commented", _SAID[0])
        if pull.is_open:
            yield partial(pull.request_review, person)
    yield pull.copilot_review
    yield partial(pull.copilot_review, suggests=2)
