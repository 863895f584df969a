"""Taking in again what is asked for and has no task, where the table of tasks lost some.

The checkpoint says that they were taken in, so filling does not come by them again.
"""

import structlog
from sqlalchemy import Connection, select

from events.store import Store
from projections.actions.fold import ACTIONS
from projections.engine import checkpoints as projected
from reactions import checkpoints
from reactions.executor.tasks import CHECKPOINT, ActionTask, ActionTaskRow, add_tasks

_actions = ACTIONS.table
_tasks = ActionTaskRow.__table__  # type: ignore[attr-defined]

_log = structlog.get_logger("executor")


async def restore(store: Store) -> bool:
    """Add the tasks that are missing; False: what came of actions is not known up to there."""
    missing = await store.read(_missing)
    if missing:
        await store.write(_restore)
    return missing is not None


def _restore(connection: Connection) -> None:
    """Look once more, while nobody fills, and add them."""
    checkpoints.hold(connection, CHECKPOINT)
    missing = _missing(connection)
    if missing:
        _log.warning("tasks were lost and are taken in again", tasks=len(missing))
        add_tasks(connection, missing)


def _missing(connection: Connection) -> list[ActionTask] | None:
    """Return what was taken in, has no outcome and is no task; None where that is not known yet."""
    filled = checkpoints.position(connection, CHECKPOINT)
    if projected.position(connection, ACTIONS.name) < filled:
        return None
    asked = (_actions.c.mode == "live", _actions.c.outcome == "requested")
    known = select(_tasks.c.action_id)
    query = select(_actions).where(
        *asked,
        _actions.c.position <= filled,
        _actions.c.repository_id.is_not(None),
        _actions.c.id.not_in(known),
    )
    rows = connection.execute(query.order_by(_actions.c.position))
    return [
        ActionTask(
            action_id=row.id,
            position=row.position,
            repository_id=row.repository_id,
            installation_id=row.installation_id,
            kind=row.kind,
            requested_at=row.requested_at,
            due_at=row.requested_at,
        )
        for row in rows
    ]
