"""Agents that GitHub lets work on issues: by what each is known, assigned, told and seen to end.

Copilot is built in. The table belongs to the reading of deliveries as the code does: it is settled
once, as a process starts and before anything is read, and whatever was made by another one is made
anew (``digest``).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Literal, TypeAlias

from events.github.names import COPILOT_AGENT_ID

Ending: TypeAlias = Literal["review_request", "quiet"]

_DIGESTS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent, known by the id of its user: logins differ by endpoint, and others may take them.

    ``name`` is what a policy calls it, ``title`` what people do, ``login`` by which it is assigned.
    ``mention`` is the word that tells it to work, behind an ``@``, in lower case; None: no comment
    does. Its branches begin with ``branch``. ``ends`` is how its rounds are seen to be over: it
    asks for a review, or only falls quiet. What is a preview of GitHub's for Copilot: ``options``,
    it is told base branch, instructions and model as it is assigned; ``timeline``, the timeline
    says when its work ended; ``sessions``, the tasks API tells of them; ``agent_merge``, it can
    mend by itself.
    """

    name: str
    title: str
    user_id: int
    login: str
    mention: str | None = None
    branch: str = ""
    ends: Ending = "review_request"
    options: bool = False
    timeline: bool = False
    sessions: bool = False
    agent_merge: bool = False


COPILOT = Agent(
    name="copilot",
    title="Copilot",
    user_id=COPILOT_AGENT_ID,
    login="copilot-swe-agent[bot]",
    mention="copilot",
    branch="copilot/",
    options=True,
    timeline=True,
    sessions=True,
    agent_merge=True,
)


@dataclass(frozen=True)
class Agents:
    """A table of agents: no two of one name or one user."""

    rows: tuple[Agent, ...] = (COPILOT,)
    by_user: Mapping[int, Agent] = field(init=False, repr=False, compare=False)
    by_name: Mapping[str, Agent] = field(init=False, repr=False, compare=False)
    mentions: tuple[str, ...] = field(init=False, repr=False, compare=False)
    branches: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take out what every delivery asks for."""
        fill = object.__setattr__
        fill(self, "by_user", {each.user_id: each for each in self.rows})
        fill(self, "by_name", {each.name: each for each in self.rows})
        fill(self, "mentions", tuple(each.mention for each in self.rows if each.mention))
        fill(self, "branches", tuple(each.branch for each in self.rows if each.branch))

    @property
    def digest(self) -> int:
        """What tells a table from others, whatever the order of its rows; 0 is Copilot alone."""
        if self.rows == (COPILOT,):
            return 0
        told = sorted((asdict(each) for each in self.rows), key=lambda row: str(row["name"]))
        found = sha256(json.dumps(told, sort_keys=True).encode()).digest()
        return 1 + int.from_bytes(found[:8]) % (_DIGESTS - 1)


COPILOT_ALONE = Agents()


@dataclass(slots=True)
class _InForce:
    agents: Agents = COPILOT_ALONE


_in_force = _InForce()


def known_agents() -> Agents:
    """Return the table by which this process reads."""
    return _in_force.agents


def settle_agents(agents: Agents) -> None:
    """Have this process read by a table from here on: before it reads anything."""
    _in_force.agents = agents


@contextmanager
def reading_by(agents: Agents) -> Iterator[None]:
    """Read by a table within the block, and by the one before after it."""
    before = known_agents()
    settle_agents(agents)
    try:
        yield
    finally:
        settle_agents(before)


def is_agent(user_id: int | None) -> bool:
    """Say whether a user is an agent that works on issues."""
    return user_id in _in_force.agents.by_user


def has_agent(user_ids: Iterable[int]) -> bool:
    """Say whether one of several users is an agent."""
    return not _in_force.agents.by_user.keys().isdisjoint(user_ids)


def agent_of(user_id: int | None) -> Agent | None:
    """Return the agent that a user is; None: it is none."""
    return _in_force.agents.by_user.get(user_id) if user_id is not None else None


def agent_named(name: str) -> Agent | None:
    """Return the agent that a policy calls so; None: there is none."""
    return _in_force.agents.by_name.get(name)


def is_agents_branch(ref: str) -> bool:
    """Say whether a branch is called as those of an agent are."""
    return ref.startswith(_in_force.agents.branches)
