"""What a simulated GitHub is like: its repositories, its issues, who works there, what goes wrong.

All spans are in simulated seconds, all rates between 0 and 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from simulator.draws import Range

Role: TypeAlias = Literal["none", "read", "triage", "write", "maintain", "admin"]
Verdict: TypeAlias = Literal["approved", "changes_requested"]
SessionEnd: TypeAlias = Literal["completed", "failed", "timed_out", "waiting_for_user", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Rates between 0 and 1 of what goes wrong; by default nothing does.

    Of deliveries: ``delayed`` by a span of simulated seconds, by which later ones overtake them,
    ``duplicated`` (sent twice under one GUID), ``dropped`` (listed as failed, can be redelivered),
    ``lost`` (never sent nor listed).
    Of requests: ``bad_gateway`` answers 502, half of them after the request has taken effect, and
    ``throttled`` answers 403 for the secondary limit, with so many seconds of ours to wait.
    ``ignored_assignees`` answers an assignment of Copilot with 201 and does nothing.
    """

    delayed: float = 0.0
    delay: Range = (10, 180)
    duplicated: float = 0.0
    dropped: float = 0.0
    lost: float = 0.0
    bad_gateway: float = 0.0
    throttled: float = 0.0
    retry_after: int = 1
    ignored_assignees: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is certain to happen to an issue; what it leaves open is drawn by the seed.

    ``checks`` are the conclusions of CI on Copilot's work, round by round: any of GitHub's, or
    ``never`` for a check that runs for ever, ``absent`` for none at all, ``flaky`` for one that
    fails and passes when it is run again; ``reviews`` are those of the reviewer in turn;
    ``ignored_assignments`` is how often Copilot does not start.
    ``conflicts`` are how many of Copilot's first rounds end just before something lands on the base
    that conflicts with them.
    ``sessions`` are how Copilot's sessions end, one after the other.
    """

    ignored_assignments: int | None = None
    checks: tuple[str, ...] = ()
    reviews: tuple[Verdict, ...] = ()
    conflicts: int = 0
    sessions: tuple[SessionEnd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """An issue that a person opens; ``after`` is when, from the start.

    ``blocked_by`` and ``sub_issues`` are numbers of issues that were opened before it, these in
    the order of the parts.
    """

    title: str
    body: str = ""
    labels: tuple[str, ...] = ()
    after: float = 0.0
    blocked_by: tuple[int, ...] = ()
    sub_issues: tuple[int, ...] = ()
    script: Script = field(default_factory=Script)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryPlan:
    """A repository, with the text of its files by path.

    With ``approve_runs`` no Actions run of Copilot's starts before a person allows it. Copilot can
    be assigned only with ``copilot``, a second agent only with ``scribe``. Required checks and
    approvals are those of a ruleset. ``roles`` are those of people by login, in place of the usual
    ones: read, triage, write, maintain, admin. Unless it is ``installed``, the App does not reach
    it. With ``tasks`` GitHub tells people of Copilot's sessions there, with ``agent_merge`` it
    knows of Agent Merge. Where it is ``left_to_copilot``, the approvals of Copilot's reviewer
    count, and people neither review nor merge.
    ``history`` is what the checks of so many commits on its default branch come to, the oldest
    first, with which it begins.
    """

    full_name: str
    issues: tuple[IssuePlan, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    required_checks: tuple[str, ...] = ()
    required_approvals: int = 0
    approve_runs: bool = False
    copilot: bool = True
    scribe: bool = False
    private: bool = True
    roles: Mapping[str, Role] | None = None
    installed: bool = True
    tasks: bool = False
    agent_merge: bool = False
    left_to_copilot: bool = False
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopilotHabits:
    """How Copilot works: how soon, how long, and how often it never starts.

    At a rate its pull request does not name its issue (``forgets_keyword``) nor is shown there
    (``leaves_no_trace``), a session ``fails``, ``times_out``, waits for a person (``asks``) or is
    ``cancelled``, none of which pushes anything, or a later round ends without a new request for a
    review (``silent``), so that only the timeline tells. As a reviewer it ``approves`` at a rate;
    of its other reviews so many have something to suggest (``suggests``), which are comments on the
    changes. With ``reviews_itself`` GitHub asks it for a review of all that is ready, and of each
    push.
    Where Agent Merge is on it looks a while after checks ended or something was pushed
    (``mends_after``), and mends what is amiss.
    """

    never_starts: float = 0.05
    opens_after: Range = (5, 30)
    mends_after: Range = (30, 120)
    works_for: Range = (300, 1500)
    replies: bool = True
    forgets_keyword: float = 0.0
    leaves_no_trace: float = 0.0
    fails: float = 0.0
    times_out: float = 0.0
    asks: float = 0.0
    cancelled: float = 0.0
    silent: float = 0.0
    approves: float = 0.0
    suggests: float = 0.0
    reviews_itself: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CiHabits:
    """Which checks CI runs, how long they take, and how often one fails on Copilot's work.

    ``contexts`` are commit statuses, the older kind of check. One workflow runs once for each of
    ``events``, each time with all checks, of which the first run alone may fail. ``own_runs`` is
    what runs of Copilot's own come to, which there are none of by default. At the rate ``flaky``
    the checks of a commit, on any branch, fail for nothing, and pass when they are run again.
    """

    checks: tuple[str, ...] = ("test", "lint")
    events: tuple[str, ...] = ("pull_request",)
    own_runs: str | None = None
    contexts: tuple[str, ...] = ()
    fails: float = 0.25
    flaky: float = 0.0
    queued_for: Range = (2, 10)
    runs_for: Range = (60, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleHabits:
    """How people work: what they see to at all, how soon, and how often they want changes.

    Where they see to ``sessions``, a comment with the link of one that stopped has them tell
    Copilot to go on. Where they see to ``epics``, one on an issue whose sub-issues are all closed
    has them close it. With ``conduct`` they also do by hand what an orchestrator would do: assign,
    tell Copilot of failed checks and of reviews, mark ready.
    """

    reviews: bool = True
    requests_changes: float = 0.25
    reviews_after: Range = (300, 1200)
    merges: bool = True
    merges_after: Range = (300, 900)
    approves_runs: bool = True
    approves_runs_after: Range = (60, 600)
    sessions: bool = False
    epics: bool = False
    goes_on_after: Range = (60, 600)
    conduct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergingHabits:
    """How late GitHub knows what conflicts, and how often something does.

    After a push to its head or its base GitHub computes for a while whether a pull request can be
    merged. At the rate ``conflicts`` a merge conflicts with another one of the same base.
    """

    computes_for: Range = (0, 0)
    conflicts: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a simulator is built from; ``speed`` is simulated seconds to one of ours.

    Each owner of repositories has an installation; an owner with a person's login is that person.
    It begins now unless told when. ``ties`` puts changes within so many seconds into the same one.
    With ``installed_before`` the App had been installed, and issues opened, when nobody listened
    yet: no delivery ever tells of it.
    """

    repositories: tuple[RepositoryPlan, ...]
    seed: int = 0
    speed: float = 60.0
    starts_at: datetime | None = None
    installed_before: bool = False
    ties: float = 0.0
    copilot: CopilotHabits = field(default_factory=CopilotHabits)
    ci: CiHabits = field(default_factory=CiHabits)
    people: PeopleHabits = field(default_factory=PeopleHabits)
    merging: MergingHabits = field(default_factory=MergingHabits)
    faults: Faults = field(default_factory=Faults)
