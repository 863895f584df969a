"""A repository as it is shown: what is known of it, and how its work stands."""

from datetime import datetime

from pydantic import BaseModel, Field

from aggregates.surroundings import ModeOrigin, Where
from events.catalogue import Mode
from projections.repositories.model import Attention, DescribedRepository, Health
from projections.workflows.document import ActiveWorkflow
from projections.workflows.model import MOST_ACTIVE
from projections.workflows.next_act import NextAct


class InstallationLink(BaseModel):
    """The installation through which the App has access."""

    id: int
    account: str | None = Field(examples=["octo-org"])


class ClaimItem(BaseModel):
    """What deliveries say of whose the repository is, against what is known; nothing follows.

    Until it is settled, nothing that such deliveries say of the repository counts.
    """

    installation_id: int | None = Field(description="null: a plain webhook says so")
    full_name: str | None = Field(description="as it is called there", examples=["zoo/pump"])
    at: datetime | None = Field(description="GitHub's time of it")
    position: int = Field(description="the first delivery that says so")
    problem: str = Field(description="one sentence: what is claimed, and who settles it")


class PauseItem(BaseModel):
    """A pause: nothing is decided until it is lifted. Of several the widest is shown."""

    where: Where
    reason: str


class RepositoryItem(DescribedRepository):
    """A repository with its health and its installation, and how its work stands."""

    html_url: str | None = Field(
        description="null while the name is not known",
        examples=["https://github.com/octo-org/pump"],
    )
    health: Health = Field(
        description="`disconnected` and `suspended` need a person: the App has no access"
    )
    installation: InstallationLink | None
    claim: ClaimItem | None
    mode: Mode = Field(description="the one that holds: an operator's, else the policy's")
    mode_origin: ModeOrigin = Field(description="`operator`, or the policy's layer that says it")
    paused: PauseItem | None
    acting_user: str | None = Field(description="as whom we do what only a user may do")
    policy_problem: str | None = Field(
        description="why its newest policy file does not hold, and what held before it still does; "
        "or which agent its policy names that this server does not know",
        examples=["mode: expected off, shadow or live"],
    )
    next_act: NextAct | None = Field(
        description="what a person does about the repository itself: to mend its policy file; null "
        "where nobody is waited for, or for what its workflows or its own page say"
    )
    active: list[ActiveWorkflow] = Field(
        description=f"those that need a person last; {MOST_ACTIVE} at most"
    )
    active_workflow: ActiveWorkflow | None = Field(description="the first of `active`")
    queue_depth: int = Field(description="issues that wait, the blocked ones among them")
    needs_human: int = Field(description="workflows that need a person")
    attention: Attention = Field(
        description="`needs_human`: a workflow does, the App has no access, somebody else claims "
        "the repository, or its policy file is invalid. `stuck`: there is work, but it is paused, "
        "live without an acting user, or all that waits is blocked and nothing is under way. "
        "`running`: there is work. `idle`: there is none, or nothing can be done in an archived or "
        "deleted repository"
    )

    @property
    def installation_id(self) -> int | None:
        """The id of its installation."""
        return self.installation.id if self.installation else None
