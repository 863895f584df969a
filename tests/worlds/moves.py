"""What may happen next in a world: moves that GitHub would let its people make."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from tests.worlds.issues import Issue
from tests.worlds.people import copilot, reviewer
from tests.worlds.pull_request_moves import Move, on_pull_request, on_subject
from tests.worlds.repositories import Repository
from tests.worlds.world import World


def moves(world: World) -> list[list[Move]]:
    """Return all that is possible, in lists of a kind.

    A pull request has four of them, an issue three, a repository one: whoever takes a list first
    and then a move of it sees more of pull requests than of new names.
    """
    issues = [each for each in _issues(world) if not each.gone]
    pulls = chain.from_iterable(repository.pull_requests for repository in world.repositories)
    kinds: Iterable[Iterable[Move]] = chain(
        chain.from_iterable(on_pull_request(pull) for pull in pulls),
        chain.from_iterable(_on_issue(issue, world) for issue in issues),
        (_in_repository(repository) for repository in world.repositories),
    )
    return [possible for kind in kinds if (possible := [*kind])]


def _on_issue(issue: Issue, world: World) -> tuple[Iterator[Move], ...]:
    return _work(issue), on_subject(issue), _ties(issue, world)


def _work(issue: Issue) -> Iterator[Move]:
    yield issue.unassign_copilot if copilot in issue.assignees else issue.assign_copilot
    if isinstance(issue.repository, Repository):
        yield partial(issue.repository.copilot_opens, issue)
        yield partial(issue.repository.copilot_opens, issue, closes=False)
        yield partial(issue.repository.person_opens, issue, reviewer)
        yield partial(issue.repository.person_opens, issue, reviewer, from_fork=True)
    yield partial(issue.edit_title, f"{issue.title}!")
    if issue.is_open:
        yield issue.close
        yield partial(issue.close, "not_planned")
    else:
        yield issue.reopen


def _ties(issue: Issue, world: World) -> Iterator[Move]:
    yield from (partial(issue.unblock, each) for each in issue.blocked_by)
    tied = (issue, *issue.blocked_by, *issue.blocking)
    free = [each for each in _issues(world) if not each.gone and each not in tied]
    yield from (partial(issue.block_by, each) for each in free[:2])
    elsewhere = [each for each in world.repositories if each is not issue.repository]
    yield from (partial(issue.transfer_to, each) for each in elsewhere[:1])
    yield issue.transfer
    yield issue.delete


def _in_repository(repository: Repository) -> Iterator[Move]:
    yield partial(repository.open_issue, "One more", labels=("status:queued",))
    yield partial(repository.rename, f"{repository.full_name.partition('/')[2]}-x")


def _issues(world: World) -> list[Issue]:
    return [issue for repository in world.repositories for issue in repository.issues]
