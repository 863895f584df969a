"""Agent Merge: whether Copilot mends the head by itself, and which heads were left to it so far.

Where it is on, to ask Copilot as well would have it work twice. Each head that is left to it counts
like a request of ours would, so that what never ends comes to a person.
"""

from collections.abc import Iterator, Mapping

from aggregates.lane.ours import Asked
from aggregates.workflow.workflow import Workflow
from events.catalogue import ActionKind
from events.github import AgentMergeSeen, Mends

_SWITCHES: Mapping[ActionKind, bool] = {"enable_agent_merge": True, "disable_agent_merge": False}


def agent_merge_of(workflow: Workflow) -> AgentMergeSeen | None:
    """Return GitHub's answer about the present head; None: there is none that still holds.

    One from before a person retried or released it, or before we switched it off, may be wrong.
    """
    pull = workflow.open_pull
    answer = workflow.pull.agent_merges.get(pull.head_sha) if pull is not None else None
    if answer is None:
        return None
    since = max(workflow.handling.resumed, _taken_back(workflow))
    return answer.seen if answer.position > since else None


def mends_itself(workflow: Workflow) -> bool:
    """Say whether Copilot mends the present head without being asked: it is on, or to be by us."""
    answer = agent_merge_of(workflow)
    if answer is not None and answer.enabled:
        return True
    asked = enabling_of_head(workflow)
    if asked is None or asked.outcome == "failed":
        return False
    return asked.position > _taken_back(workflow)


def enabling_of_head(workflow: Workflow) -> Asked | None:
    """Return the request to switch it on for the present head; there is one for each head."""
    pull = workflow.open_pull
    asked = workflow.asked("enable_agent_merge")
    return next((a for a in asked if pull is not None and a.head_sha == pull.head_sha), None)


def switched_on(workflow: Workflow) -> int | None:
    """Return where we last switched it on, with whichever issue of the pull request; None: nowhere.

    We may have switched it off since, with another of them.
    """
    pull, lane = workflow.open_pull, workflow.lane
    sharing = lane.ties.issues.get(pull.number, ()) if pull is not None else ()
    found = [lane.handling(number).switched_on for number in {workflow.number, *sharing}]
    return max((place for place in found if place is not None), default=None)


def enabling_token(head_sha: str, mends: Mends) -> str:
    """Return the token of switching it on for a head, of which something is to be mended."""
    return f"{mends}:{head_sha}"


def person_switched_it_off(workflow: Workflow) -> bool:
    """Say whether it is off though we switched it on, and did not switch it off."""
    pull, answer = workflow.open_pull, agent_merge_of(workflow)
    if pull is None or answer is None or answer.enabled:
        return False
    told = workflow.pull.agent_merges[pull.head_sha].position
    asked = workflow.asked("enable_agent_merge")
    done = [a.position for a in asked if a.outcome == "succeeded" and a.position < told]
    return bool(done) and done[-1] > _taken_back(workflow)


def heads_left(workflow: Workflow, mends: Mends) -> frozenset[str]:
    """Return the heads that were left to it for something, since a person last retried it."""
    return frozenset(_heads_left(workflow, mends))


def _heads_left(workflow: Workflow, mends: Mends) -> Iterator[str]:
    for head_sha, answer in workflow.pull.agent_merges.items():
        is_on = answer.seen.enabled and answer.seen.mends == mends
        if is_on and answer.position > workflow.handling.retried:
            yield head_sha
    for asked in workflow.asked("enable_agent_merge"):
        of_it = asked.head_sha is not None and asked.token.partition(":")[0] == mends
        if of_it and asked.outcome != "failed":
            yield asked.head_sha or ""


def is_on(workflow: Workflow) -> bool | None:
    """Say whether it is on by whatever was told last, of any head; None: nothing was.

    GitHub's answers tell, and what we switched.
    """
    told = [(each.position, each.seen.enabled) for each in workflow.pull.agent_merges.values()]
    for kind, on in _SWITCHES.items():
        asked = workflow.asked(kind)
        told += [(each.position, on) for each in asked if each.outcome == "succeeded"]
    return max(told)[1] if told else None


def fixes_asked(workflow: Workflow) -> int:
    """Return how many heads Copilot was to mend checks of: asked by us, or left to Agent Merge."""
    return len(workflow.asked("ask_to_fix_ci")) + len(heads_left(workflow, "checks"))


def resolves_asked(workflow: Workflow) -> int:
    """Return how often Copilot was to resolve conflicts, likewise."""
    return len(workflow.asked("ask_to_resolve_conflicts")) + len(heads_left(workflow, "conflicts"))


def _taken_back(workflow: Workflow) -> int:
    """Return the position at which we last had it switched off; 0: we did not, or could not."""
    asked = workflow.asked("disable_agent_merge")
    return max((each.position for each in asked if each.outcome != "failed"), default=0)
