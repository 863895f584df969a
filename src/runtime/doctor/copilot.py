"""Judging the acting user, and whether Copilot can work in the repositories that were looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reactions.ports.answers import ActingUser
from reactions.ports.failures import Unauthorised
from runtime.doctor.finding import (
    Finding,
    Reading,
    Unasked,
    Unread,
    Way,
    not_read,
    ok,
    problem,
    skipped,
    warning,
)

ACTING_USER = "acting user"
COPILOT = "Copilot"
AGENTS = "agents"
APPROVAL = "Actions approval"
SESSIONS = "Copilot sessions"
AGENT_MERGE = "Agent Merge"

_NAME = "ORCHESTRATOR_ACTING_USER_TOKEN"
_SEE = "docs/github-app.md says which token"
_NOT_OF_A_USER = ("ghs_", "ghr_", "v1.")
_ENABLE = (
    "enable the Copilot coding agent for the repository and for the acting user, who needs to "
    "write there"
)
_ENABLE_OTHERS = (
    "enable it for the repository and for the acting user, or let no policy there name it; see "
    "that the agents file has the id of its user"
)
_APPROVE = (
    "approve each run on its pull request, or turn it off in the repository's settings, under "
    "Copilot, if what it may run without asking is safe there"
)
_LOOK = (
    "look in the repository's settings, under Copilot; with the permission Copilot agent settings "
    "(read) the App could"
)
_TASKS = (
    "nothing needs it: a session that failed or waits is then found by the policy's watchdogs, "
    "later, and minutes are not counted; it is a preview, for which the acting user's token has "
    "the permission Agent tasks (read)"
)
_ACCOUNT = Way(path="/account")
_NONE = "give an installation a repository"


def judge_token(token: str) -> Finding | None:
    """Say what is wrong with a token by its kind, None where nothing is or there is none."""
    if token.startswith(_NOT_OF_A_USER):
        return problem(ACTING_USER, f"{_NAME} is no token of a user", _SEE)
    if token.startswith("ghu_"):
        found = f"{_NAME} is one that an App was given for a user: it ends within hours"
        return warning(ACTING_USER, found, f"make a fine-grained one; {_SEE}")
    return None


def judge_acting_user(user: Reading[ActingUser | None], *, somebody: bool = False) -> Finding:
    """Say who acts where GitHub lets no App; None is nobody but ``somebody`` who consented."""
    if user is None and somebody:
        return ok(ACTING_USER, f"somebody is acted as; {_NAME} is not set, and need not be")
    if user is None:
        found = f"{_NAME} is not set: who consented assigns issues to Copilot, or else nobody"
        return warning(
            ACTING_USER, found, f"have somebody consent, or set it; {_SEE}", way=_ACCOUNT
        )
    if isinstance(user, Unread) and isinstance(user.failure, Unauthorised):
        found = f"GitHub does not take {_NAME}: {user.why}"
        return problem(ACTING_USER, found, f"make a new one, as it was revoked or ended; {_SEE}")
    if isinstance(user, Unread | Unasked):
        return not_read(ACTING_USER, user, "try again")
    return ok(ACTING_USER, f"{user.login}, number {user.id}")


@dataclass(frozen=True, slots=True)
class RepositoryStanding:
    """What could be learnt of one repository; ``lacking`` are other agents that it has not.

    ``knows_agent_merge`` is None where there was no pull request to ask about.
    """

    full_name: str
    assignable: Reading[bool]
    runs_need_approval: Reading[bool]
    tells_of_sessions: Reading[bool]
    lacking: tuple[str, ...] = ()
    knows_agent_merge: Reading[bool | None] = None


def judge_copilot(repositories: Reading[Sequence[RepositoryStanding]]) -> Iterator[Finding]:
    """Say where Copilot can be assigned, where its pushes wait, and what is told of its work."""
    checks = (COPILOT, APPROVAL, SESSIONS)
    if isinstance(repositories, Unread | Unasked):
        yield from (not_read(check, repositories, "try again") for check in checks)
        return
    if not repositories:
        yield from (skipped(each, "there is no repository to look at", _NONE) for each in checks)
    somewhere = any(each.assignable is True for each in repositories)
    for each in repositories:
        yield _judge_assignable(each, somewhere=somewhere)
    for each in repositories:
        if each.lacking:
            found = f"the acting user cannot assign {', '.join(each.lacking)}"
            yield warning(AGENTS, found, _ENABLE_OTHERS, each.full_name)
    for each in repositories:
        yield _judge_approval(each)
    for each in repositories:
        yield _judge_sessions(each)
    for each in repositories:
        yield from _judge_agent_merge(each)


def _judge_assignable(repository: RepositoryStanding, *, somewhere: bool) -> Finding:
    name, assignable = repository.full_name, repository.assignable
    if isinstance(assignable, Unread | Unasked):
        return not_read(COPILOT, assignable, "see that the acting user may read it", name)
    if assignable:
        return ok(COPILOT, "can be assigned", name)
    # The others may be there only to be watched; where it can be assigned nowhere, nothing works.
    judge = warning if somewhere else problem
    return judge(COPILOT, "cannot be assigned by the acting user", _ENABLE, name)


def _judge_approval(repository: RepositoryStanding) -> Finding:
    name, needed = repository.full_name, repository.runs_need_approval
    if isinstance(needed, Unasked):
        return not_read(APPROVAL, needed, "", name)
    if isinstance(needed, Unread):
        return skipped(APPROVAL, f"could not be read: {needed.why}", _LOOK, name)
    if needed:
        return warning(APPROVAL, "CI of Copilot's pushes waits for a person", _APPROVE, name)
    return ok(APPROVAL, "CI of Copilot's pushes runs by itself", name)


def _judge_sessions(repository: RepositoryStanding) -> Finding:
    """Say whether GitHub tells of sessions; that it does not is no fault, since it is a preview."""
    name, told = repository.full_name, repository.tells_of_sessions
    if isinstance(told, Unasked):
        return not_read(SESSIONS, told, "", name)
    if isinstance(told, Unread):
        return skipped(SESSIONS, f"GitHub tells nothing of them: {told.why}", _TASKS, name)
    return ok(SESSIONS, "GitHub tells the acting user of them", name)


def _judge_agent_merge(repository: RepositoryStanding) -> Iterator[Finding]:
    """Say where GitHub knows no Agent Merge, which is no fault, and where it may be used."""
    known = repository.knows_agent_merge
    if known is False:
        found = "GitHub knows none here; Copilot is asked in a comment to mend checks and conflicts"
        yield ok(AGENT_MERGE, found, repository.full_name)
    elif known is True:
        yield ok(
            AGENT_MERGE, "is known here; `mend` of the policy may use it", repository.full_name
        )
