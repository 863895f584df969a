"""Asking whether Agent Merge is on for a pull request: as a person, since GitHub tells no App."""

from datetime import datetime

from aggregates.workflow import Workflow
from aggregates.workflow.mending import to_mend
from events.catalogue import Json, ResyncObserved
from events.github.observations import kept
from reactions.as_whom import AsWhom
from reactions.asking.previews import PersonsAnswer, is_unknown
from reactions.ports.failures import GitHubFailure


async def ask_agent_merge(
    as_whom: AsWhom, workflow: Workflow | None, asked_at: datetime
) -> PersonsAnswer:
    """Ask whether Copilot mends by itself what is to be mended now; of nothing there is no answer.

    Raises kinds of GitHubFailure but those that say that GitHub knows no such thing.
    """
    pull = workflow.open_pull if workflow is not None else None
    mends = to_mend(workflow) if workflow is not None else None
    if pull is None or mends is None:
        return PersonsAnswer(None)
    try:
        enabled = await as_whom.ask(lambda github: github.agent_merge(as_whom.repo, pull.number))
    except GitHubFailure as failure:
        if not is_unknown(failure):
            raise
        enabled = None
    answer: dict[str, Json] = {
        "head_sha": pull.head_sha,
        "mends": mends,
        "supported": enabled is not None,
        "enabled": enabled or False,
        "asked_at": asked_at.isoformat(),
    }
    content = ResyncObserved(
        kind="agent_merge", object=kept("agent_merge", answer), pull_request_number=pull.number
    )
    return PersonsAnswer(content, told=enabled is not None)
