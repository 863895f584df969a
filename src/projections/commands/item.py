"""A command as it is shown: what was said, by whom, about what, and whether it changed anything."""

from pydantic import Field
from sqlalchemy import RowMapping

from projections.commands.model import DescribedCommand
from projections.engine.projection import built
from projections.references import IssueRef, Links, Person, RepositoryRef


class CommandItem(DescribedCommand):
    """A command, and whether it changed anything."""

    installation_id: int | None = Field(description="null with no repository: about everything")
    repository: RepositoryRef | None
    issue: IssueRef | None
    actor: Person | None = Field(description="the operator; without an id: the admin token")
    applied: bool = Field(
        description="false: when it was folded it no longer applied, so it was ignored"
    )


def item_of(row: RowMapping, links: Links) -> CommandItem:
    """Show a row of a command with what is known by name."""
    name, whose, number = row["full_name"], row["repository_id"], row["issue_number"]
    values = {
        **row,
        "repository": None if whose is None else links.repository(whose, name),
        "issue": None if number is None else links.issue(name, number, row["issue_title"]),
        "actor": _actor(row),
    }
    # All of it is of the types that the columns have: to validate a SQLModel takes 0.1 ms.
    return built(CommandItem, {name: values[name] for name in CommandItem.model_fields})


def _actor(row: RowMapping) -> Person | None:
    user_id, login = row["actor_id"], row["by"]
    return Person(id=user_id, login=login) if user_id or login else None
