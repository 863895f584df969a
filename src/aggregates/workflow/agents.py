"""Which agent works on an issue, or is to: whose work it is, a label's, or as the policy says."""

from collections.abc import Iterator

from aggregates.lane import KnownIssue
from aggregates.policy import Policy
from events.catalogue import PolicyProblem
from events.github import IssueSeen, PullRequestSeen
from events.github.agents import Agent, agent_named, agent_of, known_agents
from events.github.names import label_key


def wished_agent(issue: IssueSeen | None, policy: Policy) -> str:
    """Return what a policy calls the agent that is to work on an issue: by a label, or as any."""
    if issue is None or not policy.agent_labels:
        return policy.agent
    carried = set(map(label_key, issue.labels))
    by_label = sorted(policy.agent_labels.items())
    return next((name for label, name in by_label if label_key(label) in carried), policy.agent)


def agent_at_work(
    known: KnownIssue, pull: PullRequestSeen | None, *, assigned: bool
) -> Agent | None:
    """Return whose pull request it is, else whose the issue: of several the last that got it."""
    if pull is not None and (author := agent_of(pull.author_id)) is not None:
        return author
    if not assigned or known.seen is None:
        return None
    listed, assignment = known.seen.assignee_ids, known.assignment
    if assignment is not None and assignment.assignee_id in listed:
        return agent_of(assignment.assignee_id)
    return next(filter(None, map(agent_of, listed)), None)


def unknown_agents(policy: Policy) -> Iterator[PolicyProblem]:
    """Yield where a policy names an agent that is in no table here: nothing is assigned then."""
    named = {"agent": policy.agent}
    named |= {f"agent_labels.{label}": name for label, name in sorted(policy.agent_labels.items())}
    there = ", ".join(each.name for each in known_agents().rows)
    for path, name in named.items():
        if agent_named(name) is None:
            message = f"there is no agent {name} on this server; there are {there}"
            yield PolicyProblem(path=path, message=message)
