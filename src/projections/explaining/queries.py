"""The query that explains a workflow: by the rules themselves, over its lane as it is folded."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, select

from aggregates.decisions.explaining import decisions_explained
from aggregates.lane.ours import Asked
from aggregates.policy import value_at
from aggregates.stages import place
from aggregates.stages.asking import rules_asked
from aggregates.workflow import Workflow
from projections.access import Access, hidden_before
from projections.engine.checkpoints import checkpoint
from projections.explaining.chain import Causes, chain_of
from projections.explaining.model import (
    DecidedAction,
    ExplainedDecision,
    ExplainedFact,
    ExplainedRule,
    Explanation,
    PolicyValue,
)
from projections.explaining.origins import Known, Origins, recorded
from projections.lanes.around import around_as_of
from projections.lanes.as_of import lane_as_of
from projections.lanes.model import confirmations
from projections.lanes.queries import LANES_NAME, around_lanes, find_lane
from projections.references import GITHUB_COM, Links
from projections.workflows.item import WorkflowItem
from projections.workflows.queries import find_workflow, timeline


def explain_workflow(  # noqa: PLR0913 (which workflow, when, and how it is shown)
    connection: Connection,
    access: Access,
    repository_id: int,
    issue_number: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> Explanation | None:
    """Return why a workflow is where it is, or was; None where there is none to be seen.

    One that its lane has forgotten since is explained as it was when its page last changed.
    """
    which = (repository_id, issue_number)
    until = checkpoint(connection, LANES_NAME).position
    until = until if as_of is None else min(as_of, until)
    item = find_workflow(connection, access, *which, until, links)
    if item is None:
        return None
    found = _known(connection, access, item, None if as_of is None else until)
    moved = {} if access.is_everything else hidden_before(connection, (repository_id,))
    hidden = moved.get(repository_id, 0)
    origins = Origins(connection, found, until, hidden)
    causes = Causes(
        repository_id=repository_id,
        number=issue_number,
        since=hidden,
        until=until,
        stages=timeline(connection, access, *which, until),
    )
    return Explanation(
        position=until,
        workflow=item,
        rules=[*_rules(origins, found.workflow)],
        decisions=[*_decisions(origins, found.workflow)],
        chain=chain_of(connection, causes),
    )


def _known(connection: Connection, access: Access, item: WorkflowItem, as_of: int | None) -> Known:
    """Return a workflow as its page shows it: now, as of then, or before its lane forgot it."""
    number = item.repository.id
    if as_of is None and (lane := find_lane(connection, access, number)) is not None:
        found = Known.of(lane, around_lanes(connection), item.issue.number)
    else:
        found = _known_as_of(connection, item, item.position if as_of is None else as_of)
    if found.rule == item.rule or as_of == item.position:
        return found
    return _known_as_of(connection, item, item.position)


def _known_as_of(connection: Connection, item: WorkflowItem, as_of: int) -> Known:
    lane = lane_as_of(connection, item.repository.id, as_of)
    return Known.of(lane, around_as_of(connection, as_of), item.issue.number)


def _rules(origins: Origins, workflow: Workflow | None) -> Iterator[ExplainedRule]:
    if workflow is None:
        return
    asked = rules_asked(workflow)
    places = {fact.told: origins.position(fact.told) for each in asked for fact in each.facts}
    times = recorded(origins.connection, iter(places.values()))
    for each in asked:
        facts = [
            ExplainedFact(
                name=fact.name,
                value=fact.value,
                decides=fact.decides,
                position=places[fact.told],
                at=times.get(places[fact.told] or 0),
            )
            for fact in each.facts
        ]
        yield ExplainedRule(
            rule=each.rule.name,
            stage=each.rule.stage,
            summary=each.rule.summary,
            held=each.held,
            lacks=each.lacks,
            facts=facts,
        )


def _decisions(origins: Origins, workflow: Workflow | None) -> Iterator[ExplainedDecision]:
    if workflow is None:
        return
    known = origins.known
    every = decisions_explained(known.lane, known.around, workflow, place(workflow))
    seen = _confirmed(origins, [each.asked for each in every if each.asked is not None])
    for each in every:
        yield ExplainedDecision(
            kind=each.kind,
            taken=each.taken,
            why=each.why,
            policy=[_policy_value(origins, key) for key in each.by],
            waits_until=each.wait.due_at if each.wait is not None else None,
            action=_action(each.asked, seen) if each.asked is not None else None,
        )


def _policy_value(origins: Origins, key: str) -> PolicyValue:
    held = origins.known.held
    return PolicyValue(
        key=key,
        value=value_at(held.policy, key),
        origin=held.origins.get(key, "built-in"),
        position=origins.of_policy(key),
    )


def _confirmed(origins: Origins, asked: list[Asked]) -> set[UUID]:
    query = select(confirmations.c.action_id).where(
        confirmations.c.action_id.in_([each.id for each in asked]),
        confirmations.c.position <= origins.until,
    )
    return {*origins.connection.scalars(query)}


def _action(asked: Asked, confirmed: set[UUID]) -> DecidedAction:
    state: str = asked.outcome if asked.outcome in ("failed", "cancelled") else "requested"
    if state == "requested" and asked.id in confirmed:
        state = "confirmed"
    elif asked.outcome == "succeeded":
        state = "sent"
    return DecidedAction.model_validate(
        {"id": asked.id, "position": asked.position, "mode": asked.mode, "state": state}
    )
