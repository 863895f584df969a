"""What a policy can say, with the built-in value of everything: the safe choice."""

import re
from collections.abc import Hashable
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from aggregates.policy import prompts
from events.catalogue import Mode

T = TypeVar("T", bound=Hashable)

_LINE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_PROSE = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"  # tabs and line breaks may stand in it
AGENT_NAME = r"^[a-z][a-z0-9-]{0,38}$"
_AGENT_NAME = re.compile(AGENT_NAME)


def _unique(items: tuple[T, ...]) -> tuple[T, ...]:
    for index, item in enumerate(items):
        if item in items[:index]:
            raise ValueError(f"item {index + 1} stands in the list already")
    return items


def _is_agents(name: str) -> str:
    if not _AGENT_NAME.fullmatch(name):
        raise ValueError("expected lower-case letters, digits and hyphens, the first a letter")
    return name


WatchMinutes: TypeAlias = Annotated[int, Field(ge=1, le=43_200)] | None
Criterion: TypeAlias = Literal["priority", "created"]

LabelName: TypeAlias = Annotated[str, Field(min_length=1, max_length=50, pattern=_LINE)]
LabelPrefix: TypeAlias = Annotated[str, Field(min_length=1, max_length=30, pattern=_LINE)]
CheckName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255, pattern=_LINE)]
BranchName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255, pattern=_LINE)]
BotName: TypeAlias = Annotated[str, Field(min_length=1, max_length=100, pattern=_LINE)]
AgentName: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=39, json_schema_extra={"pattern": AGENT_NAME}),
    AfterValidator(_is_agents),
]
AnyName: TypeAlias = Annotated[str, Field(max_length=100, pattern=_LINE)]
Prose: TypeAlias = Annotated[str, Field(max_length=4000, pattern=_PROSE)]
Template: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000, pattern=_PROSE)]

Order: TypeAlias = Annotated[
    tuple[Criterion, ...],
    Field(min_length=1, max_length=2, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]
LabelNames: TypeAlias = Annotated[
    tuple[LabelName, ...],
    Field(max_length=50, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]
BotNames: TypeAlias = Annotated[
    tuple[BotName, ...],
    Field(max_length=50, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]
CheckNames: TypeAlias = Annotated[
    tuple[CheckName, ...],
    Field(max_length=100, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_unique),
]


AgentLabels: TypeAlias = Annotated[
    dict[LabelName, AgentName],
    Field(max_length=20),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": 20,
            "propertyNames": {"type": "string", "minLength": 1, "maxLength": 50, "pattern": _LINE},
            "additionalProperties": {
                "type": "string",
                "minLength": 1,
                "maxLength": 39,
                "pattern": AGENT_NAME,
            },
        }
    ),
]


class PolicySection(BaseModel):
    """Some settings that belong together; its docstring stands in the documents."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class QueuePolicy(PolicySection):
    """Which issues are worked on, in which order, and how many at once."""

    label: LabelName = Field(
        "status:queued", description="an open issue with this label, in whatever case, is queued"
    )
    order: Order = Field(
        ("priority", "created"),
        description="what decides who is next, the first criterion first: `priority` is the place "
        "in `priority_labels`, `created` the older issue",
    )
    priority_labels: LabelNames = Field(
        (), description="labels that speak of urgency, the most urgent first"
    )
    dependencies: bool = Field(
        default=True, description="whether an issue waits for the open issues that block it"
    )
    epics: bool = Field(
        default=False,
        description="whether an issue with sub-issues is a queue: its open sub-issues of the same "
        "repository are queued in its place and in its order, and Copilot is never given the issue "
        "itself",
    )
    max_active: int = Field(
        1, ge=1, le=20, description="how many issues may be worked on at the same time"
    )


class CopilotPolicy(PolicySection):
    """What Copilot is told when an issue is assigned to it."""

    base_branch: BranchName | None = Field(
        None, description="the branch to start from; null is the repository's default branch"
    )
    instructions: Prose = Field("", description="what to tell it besides the issue")
    model: AnyName = Field("", description="the model it is to use; empty leaves it to GitHub")
    custom_agent: AnyName = Field("", description="the custom agent that is to work; empty is none")


class PromptPolicy(PolicySection):
    """What is written into a pull request, with fields in braces."""

    fix_ci: Annotated[Template, AfterValidator(prompts.only_fields_of("fix_ci"))] = Field(
        prompts.FIX_CI,
        description="asks Copilot to mend required checks that failed",
        json_schema_extra={"pattern": prompts.pattern_of("fix_ci")},
    )
    address_review: Annotated[
        Template, AfterValidator(prompts.only_fields_of("address_review"))
    ] = Field(
        prompts.ADDRESS_REVIEW,
        description="asks Copilot to do what reviewers asked for",
        json_schema_extra={"pattern": prompts.pattern_of("address_review")},
    )
    resolve_conflicts: Annotated[
        Template, AfterValidator(prompts.only_fields_of("resolve_conflicts"))
    ] = Field(
        prompts.RESOLVE_CONFLICTS,
        description="asks Copilot to resolve conflicts with the base",
        json_schema_extra={"pattern": prompts.pattern_of("resolve_conflicts")},
    )
    hand_to_person: Annotated[
        Template, AfterValidator(prompts.only_fields_of("hand_to_person"))
    ] = Field(
        prompts.HAND_TO_PERSON,
        description="tells people that the work stopped and needs one of them",
        json_schema_extra={"pattern": prompts.pattern_of("hand_to_person")},
    )


class CiPolicy(PolicySection):
    """Which checks must pass, and how often Copilot is asked to mend them."""

    required: Literal["auto"] | CheckNames = Field(
        "auto",
        description="the checks that must pass; `auto` asks GitHub which the branch requires, and "
        "where it requires none, or does not say, all of the head count; an empty list is none",
    )
    settle_seconds: int = Field(
        60,
        ge=0,
        le=3600,
        description="how long all checks must have stood still before they count, in seconds",
    )
    max_attempts: int = Field(
        3, ge=0, le=20, description="how often Copilot is asked to mend checks; then a person is"
    )
    flaky: Literal["ask", "rerun_once"] = Field(
        "ask",
        description="what is done where all that failed is flaky on the default branch: `ask` asks "
        "Copilot as for any failure, `rerun_once` first runs the failed jobs again, once for each "
        "head",
    )


class ConflictsPolicy(PolicySection):
    """How often Copilot is asked to resolve conflicts of a pull request with its base."""

    max_attempts: int = Field(
        2,
        ge=0,
        le=20,
        description="how often Copilot is asked to resolve conflicts; then a person is",
    )


class ReviewPolicy(PolicySection):
    """When a review counts, and how often Copilot is asked to address one."""

    quiet_seconds: int = Field(
        120,
        ge=0,
        le=86_400,
        description="how long reviewers must have been quiet before Copilot is asked, in seconds",
    )
    approvals: int = Field(1, ge=0, le=10, description="how many people must have approved")
    max_rounds: int = Field(
        3,
        ge=0,
        le=20,
        description="how often Copilot is asked to address reviews; then a person is",
    )
    trusted_bots: BotNames = Field(
        (),
        description="logins of bots whose reviews and mentions count as those of people who may "
        "write; no other bot's do",
    )
    copilot: bool = Field(default=False, description="whether Copilot is asked for a review too")
    copilot_approvals: Literal["ignore", "count"] = Field(
        "ignore",
        description="whether an approval by Copilot's reviewer counts as one; GitHub has a setting "
        "of its own for what it requires",
    )
    address_copilot: bool = Field(
        default=False,
        description="whether what Copilot's review suggests, in comments on the changes, counts as "
        "changes asked for",
    )


class ReadyPolicy(PolicySection):
    """When Copilot's draft is marked ready for review."""

    when: Literal["never", "finished", "green"] = Field(
        "green",
        description="`finished` when Copilot's round is, unless a required check has failed; "
        "`green` when all of them have passed besides; `never` leaves it to a person",
    )


class MergePolicy(PolicySection):
    """Who merges, and how."""

    automatic: bool = Field(
        default=False, description="whether what is ready is merged without a person"
    )
    method: Literal["merge", "squash", "rebase"] = Field(
        "squash", description="how it is merged automatically"
    )


class WatchdogPolicy(PolicySection):
    """How long each kind of wait may take before a person is asked; null is for ever."""

    no_pull_request_minutes: Annotated[int, Field(ge=1, le=10_080)] | None = Field(
        30,
        description="how long Copilot may take to open a pull request, in minutes; null is for "
        "ever",
    )
    no_progress_minutes: Annotated[int, Field(ge=5, le=10_080)] | None = Field(
        120,
        description="how long nothing may be heard of work in progress, in minutes; null is for "
        "ever",
    )
    round_quiet_minutes: Annotated[int, Field(ge=1, le=10_080)] | None = Field(
        45,
        description="after how many minutes without a word a further round of Copilot's that "
        "pushed something is taken to be over; null waits for its word",
    )
    check_missing_minutes: WatchMinutes = Field(
        60, description="how long a required check may not report at all, in minutes"
    )
    check_running_minutes: WatchMinutes = Field(
        360, description="how long a required check may run, in minutes"
    )
    check_inconclusive_minutes: WatchMinutes = Field(
        30,
        description="how long a required check may be without a result, such as cancelled or "
        "stale, in minutes",
    )
    check_approval_minutes: WatchMinutes = Field(
        240,
        description="how long Actions may wait for a person's approval (`action_required`), in "
        "minutes",
    )
    reviewer_minutes: WatchMinutes = Field(
        2880, description="how long a review or an approval may be awaited, in minutes"
    )
    answer_minutes: WatchMinutes = Field(
        15,
        description="how long GitHub's answer may be awaited, such as whether somebody may write, "
        "in minutes",
    )


class BudgetPolicy(PolicySection):
    """How much of Copilot's time may be asked for; null is without end.

    A session is whatever we have Copilot begin: an assignment, or a request to go on. What is used
    of it stands at `GET /api/costs`, on the dashboard's page Costs, and is printed by
    `copilot-orchestrator costs`; once it is used up the work says so, and who may raise it.
    """

    rounds_per_issue: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="how often Copilot is asked to go on with one issue; then a person is"
    )
    sessions_per_day: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None,
        description="how many sessions are started in the repository in a day of UTC; what is to "
        "come waits for the next one",
    )
    sessions_per_month: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="how many sessions are started in a month of UTC, likewise"
    )


class LabelPolicy(PolicySection):
    """The labels that show each issue's stage on GitHub."""

    sync: bool = Field(default=True, description="whether the label follows the stage")
    prefix: LabelPrefix = Field(
        "status:", description="what stands before the stage in the label's name"
    )


class Policy(PolicySection):
    """How a repository's work is conducted; without arguments the built-in policy."""

    mode: Mode = Field(
        "shadow",
        description="`off` decides nothing, `shadow` decides and records but does nothing on "
        "GitHub, `live` does it",
    )
    history: Literal["since_move", "all"] = Field(
        "since_move",
        description="what those with access see of a repository that moved from one installation "
        "of the App to another: what came `since_move`, or `all`; administrators see all of it",
    )
    agent: AgentName = Field(
        "copilot",
        description="which agent works on issues: `copilot`, or one that the server's file of "
        "agents names (docs/agents.md)",
    )
    agent_labels: AgentLabels = Field(
        {},
        description="which agent works on an issue that carries a label, whatever `agent` says; "
        "of several labels the first by name",
    )
    mend: Literal["comment", "agent_merge", "off"] = Field(
        "comment",
        description="who has failed checks and conflicts mended: `comment` asks Copilot on the "
        "pull request, unless Agent Merge is on for it; `agent_merge` switches that on, and asks "
        "where GitHub knows no such thing; `off` asks nobody, a person mends",
    )
    queue: QueuePolicy = QueuePolicy()
    copilot: CopilotPolicy = CopilotPolicy()
    prompts: PromptPolicy = PromptPolicy()
    ci: CiPolicy = CiPolicy()
    conflicts: ConflictsPolicy = ConflictsPolicy()
    review: ReviewPolicy = ReviewPolicy()
    ready: ReadyPolicy = ReadyPolicy()
    merge: MergePolicy = MergePolicy()
    watchdog: WatchdogPolicy = WatchdogPolicy()
    budget: BudgetPolicy = BudgetPolicy()
    labels: LabelPolicy = LabelPolicy()
