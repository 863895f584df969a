"""Rules for a session of Copilot's that will not go on by itself: told at once, with its link."""

from collections.abc import Mapping
from functools import partial

from aggregates.stages.facts.sessions import SESSION
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, hold, moment
from aggregates.workflow import Workflow
from aggregates.workflow.sessions import present_session
from events.github import SessionState


def _is(workflow: Workflow, *, states: tuple[SessionState, ...]) -> bool:
    seen = present_session(workflow)
    return seen is not None and seen.state in states


def _explained(workflow: Workflow, *, step: str) -> Explanation:
    """Say what became of the session; its link stands in the step, where links may be written."""
    seen = present_session(workflow)
    what = _WHAT.get(seen.state, "stopped") if seen is not None else "stopped"
    at = seen.updated_at if seen is not None else None
    since = f" at {moment(at)}" if at is not None else ""
    where = seen.html_url if seen is not None else None
    look = f"to look at {where}, then " if where else "to look at the session, then "
    title = workflow.agent.title
    return hold(f"{title}'s session {what}{since}", look + step.format(agent=title))


def _rule(name: str, states: tuple[SessionState, ...], what: str, step: str, summary: str) -> Rule:
    return Rule(
        stage=Stage.NEEDS_HUMAN,
        name=name,
        summary=summary,
        waits_for="a person",
        conditions=(when(f"Copilot's session {what}", partial(_is, states=states), SESSION),),
        explain=partial(_explained, step=step),
    )


_AGAIN = "to tell {agent} to go on, or to retry it"
_WHAT: Mapping[SessionState, str] = {
    "failed": "failed",
    "timed_out": "took longer than GitHub lets it",
    "waiting_for_user": "waits for a person",
    "cancelled": "was cancelled by a person",
}

SESSIONS = (
    _rule(
        "session_failed",
        ("failed", "timed_out"),
        "failed, or took too long",
        _AGAIN,
        "Copilot's session failed or timed out, by GitHub's word, since it was last started",
    ),
    _rule(
        "session_waits",
        ("waiting_for_user",),
        "waits for a person",
        "to answer it",
        "Copilot's session waits for a person, by GitHub's word",
    ),
    _rule(
        "session_cancelled",
        ("cancelled",),
        "was cancelled by a person",
        "to unassign {agent}, to tell it to go on, or to retry it",
        "a person cancelled Copilot's session since it was last started",
    ),
)
