"""Whose word counts on a pull request, how surely, and why somebody's does not.

GitHub's payloads only hint at what their author may do (``author_association``: a collaborator may
be allowed to read only, a member may lack access). The permission API's answer decides. Until it is
there the hint does, for what is shown; nothing is merged and Copilot is not set to work by it.
Without an App nobody can ask, and the hint is all there is.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from aggregates.lane import KnownPullRequest
from aggregates.lane.subjects import Mention, Permission
from aggregates.surroundings import Circumstances
from events.github import IssueCommentSeen, ReviewSeen
from events.github.agents import COPILOT

Speaker: TypeAlias = ReviewSeen | IssueCommentSeen | Mention

WRITERS = ("OWNER", "MEMBER", "COLLABORATOR")  # of whom the hint says that they may write
_BOT_SUFFIX = "[bot]"


@dataclass(frozen=True, slots=True)
class Trust:
    """What decides whose word counts here; ``access_changed`` makes older answers void.

    Of acting users the word of the one in the settings counts unasked, as whoever runs the server
    says; about those who consented GitHub is asked as about anybody.
    """

    has_app: bool = False
    access_changed: int = 0
    bots: frozenset[str] = frozenset()
    copilot_approves: bool = False
    set_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """Whether somebody's word counts; ``sure``: enough to merge, and to set Copilot to work.

    ``why`` says why it does not count, or is not sure. ``asks``: GitHub can tell more.
    """

    counts: bool
    sure: bool = True
    why: str = ""
    asks: bool = False


NOBODY = Trust()
_COUNTS = Voice(counts=True)
_GHOST = Voice(counts=False, why="the account is gone")
_AGENT = Voice(counts=False, why="Copilot does not judge its own work")
_OTHER_AGENT = Voice(counts=False, why="an agent does not judge the work of agents")
_REVIEWER = Voice(counts=False, why="Copilot's reviews count as comments by this policy")
_BOT = Voice(counts=False, why="it is a bot that review.trusted_bots does not name")
_MAY_NOT = Voice(counts=False, why="GitHub says that they may not write here")
_STRANGER = Voice(counts=False, why="GitHub does not count them among those who may write here")
_ASKED_STRANGER = Voice(counts=False, sure=False, why=_STRANGER.why, asks=True)
_ASKED = Voice(
    counts=True, sure=False, why="GitHub is being asked whether they may write here", asks=True
)


def trust_of(around: Circumstances) -> Trust:
    """Return what decides whose word counts in some circumstances; the same object for the same."""
    review = around.policy.review
    set_user = around.set_user.user_id if around.set_user else None
    copilot_approves = review.copilot_approvals == "count"
    return _trust(
        around.has_app, around.access_changed, review.trusted_bots, copilot_approves, set_user
    )


@lru_cache(maxsize=512)
def _trust(
    has_app: bool,  # noqa: FBT001 (a key of the cache, as are the others)
    access_changed: int,
    bots: tuple[str, ...],
    copilot_approves: bool,  # noqa: FBT001
    set_user_id: int | None,
) -> Trust:
    names = frozenset(map(_bot_key, bots))
    return Trust(has_app, access_changed, names, copilot_approves, set_user_id)


def voice_of(speaker: Speaker, pull: KnownPullRequest, trust: Trust) -> Voice:
    """Say whether what somebody said on a pull request counts."""
    match speaker.author_kind:
        case "copilot_agent":
            return _AGENT if speaker.author_id == COPILOT.user_id else _OTHER_AGENT
        case "copilot_reviewer":
            return _COUNTS if trust.copilot_approves else _REVIEWER
        case "bot":
            named = _bot_key(speaker.author_login or "") in trust.bots
            return _COUNTS if named else _BOT
        case "person" if speaker.author_id is not None:
            return _persons(speaker, speaker.author_id, pull, trust)
    return _GHOST


def answer_about(user_id: int, pull: KnownPullRequest, trust: Trust) -> Permission | None:
    """Return GitHub's answer about somebody, None where there is none that still holds.

    Of what is merged the last one stands: whether they may write by now changes nothing there.
    """
    answer = pull.permissions.get(user_id)
    merged = pull.seen is not None and pull.seen.merged
    holds = answer is not None and (merged or answer.position > trust.access_changed)
    return answer if holds else None


def _persons(speaker: Speaker, user_id: int, pull: KnownPullRequest, trust: Trust) -> Voice:
    if user_id == trust.set_user_id:
        return _COUNTS
    answer = answer_about(user_id, pull, trust)
    if answer is not None:
        return _COUNTS if answer.may_write else _MAY_NOT
    return _hinted(speaker, trust)


def _hinted(speaker: Speaker, trust: Trust) -> Voice:
    may_write = speaker.association in WRITERS
    if not trust.has_app:
        return _COUNTS if may_write else _STRANGER
    return _ASKED if may_write else _ASKED_STRANGER


def _bot_key(login: str) -> str:
    return login.casefold().removesuffix(_BOT_SUFFIX)
