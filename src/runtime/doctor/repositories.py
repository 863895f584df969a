"""Judging the repositories that are known: which are worked in, as whom, by which policy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from projections.access import EVERYTHING
from projections.repositories.queries import list_repositories
from runtime.doctor.copilot import ACTING_USER
from runtime.doctor.finding import (
    Finding,
    Reading,
    Unasked,
    Unread,
    Way,
    not_read,
    ok,
    skipped,
    warning,
)

REPOSITORIES = "repositories"
POLICIES = "policy files"

_MOST = 1000  # that are looked at
_TOLD = 10  # of what is wrong with several of them
_UNREAD = Unasked("the database could not be read", "see the database")
_CHOOSING = Way(path="/setup/repositories")


@dataclass(frozen=True, slots=True)
class KnownRepository:
    """A repository within the App's reach, as read models have it."""

    full_name: str
    is_live: bool
    has_acting_user: bool
    policy_problem: str | None = None


def read_repositories(connection: Connection) -> tuple[KnownRepository, ...]:
    """Read those that are within the App's reach and can be worked in."""
    return tuple(
        KnownRepository(
            each.full_name, each.mode == "live", each.acting_user is not None, each.policy_problem
        )
        for each in list_repositories(connection, EVERYTHING, 0, _MOST)
        if each.full_name and each.health == "ok"
    )


def judge_repositories(known: Reading[Sequence[KnownRepository]]) -> Finding:
    """Say in how many something is done."""
    if isinstance(known, Unread | Unasked):
        return not_read(REPOSITORIES, _UNREAD, "")
    if not known:
        advice = "install the App for one; they appear as GitHub tells of them"
        return skipped(REPOSITORIES, "none is known yet", advice)
    live = sum(each.is_live for each in known)
    if not live:
        found = f"{len(known)} known, and none is live: what would be done is only shown"
        return warning(REPOSITORIES, found, "choose those to begin in", way=_CHOOSING)
    return ok(REPOSITORIES, f"{live} of {len(known)} are live")


def judge_policies(known: Reading[Sequence[KnownRepository]]) -> Iterator[Finding]:
    """Say which repositories' policy files are not understood; what held before holds there."""
    if isinstance(known, Unread | Unasked):
        yield not_read(POLICIES, _UNREAD, "")
        return
    invalid = [(each.full_name, each.policy_problem) for each in known if each.policy_problem]
    for name, problem in invalid[:_TOLD]:
        advice = "mend the file; until then what held before it does"
        yield warning(POLICIES, problem, advice, name, Way(path=f"/r/{name}/policy"))
    if not invalid:
        yield ok(POLICIES, f"none of {len(known)} repositories has an invalid one")


def judge_acted_in(known: Reading[Sequence[KnownRepository]]) -> Iterator[Finding]:
    """Say where something is to be done and nobody is there to act as."""
    if isinstance(known, Unread | Unasked):
        return
    alone = (each for each in known if each.is_live and not each.has_acting_user)
    for each in islice(alone, _TOLD):
        found = "is live, and nobody is there to act as: no issue is assigned to Copilot"
        advice = "have somebody who may write there consent, on the page of their account"
        yield warning(ACTING_USER, found, advice, each.full_name, Way(path="/account"))
