"""What can be asked for and done at the root of GraphQL, whose errors come with the status 200."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from simulator.graphql.execution import Arguments, Faulty, Node, select
from simulator.graphql.language import SyntaxFault, read_document
from simulator.graphql.nodes import actor_node, issue_node, pull_node, repository_node
from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.payloads import Payload
from simulator.state.accounts import COPILOT, PEOPLE, is_copilot
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import NotFound, Refused
from simulator.state.repositories import Repository

Changed = TypeVar("Changed", Issue, PullRequest, Issue | PullRequest)
Mutation: TypeAlias = Callable[[Call, dict[str, Any]], dict[str, object]]


def query_root(call: Call) -> Node:
    """Return what a query can ask for."""

    def repository(arguments: Arguments) -> Node:
        found = _reached(call, f"{arguments['owner']}/{arguments['name']}")
        return repository_node(found, by_user=call.caller.is_user)

    def node(arguments: Arguments) -> Node:
        found = _subject(call, arguments["id"])
        return issue_node(found) if isinstance(found, Issue) else pull_node(found)

    fields: dict[str, object] = {
        "viewer": actor_node(call.by),
        "repository": repository,
        "node": node,
        "rateLimit": _rate_limit(call),
    }
    return Node("Query", fields)


def mutation_root(call: Call) -> Node:
    """Return what a mutation can do."""
    return Node("Mutation", {name: _bound(call, do) for name, do in _MUTATIONS.items()})


def post_graphql(call: Call) -> Answer:
    """Answer a query or do a mutation."""
    variables = call.body.get("variables") or {}
    try:
        kind, selections = read_document(call.text("query"), variables)
        root = mutation_root(call) if kind == "mutation" else query_root(call)
        return Answer({"data": select(root, selections)})
    except SyntaxFault as fault:
        return _errors(str(fault), {})
    except Faulty as fault:
        return _errors(fault.message, {"type": fault.kind})
    except KeyError as missing:
        return _errors(f"Argument {missing} is required", {"type": "missingRequiredArguments"})
    except NotFound as refused:
        return _errors(f"Could not resolve: {refused.message}", {"type": "NOT_FOUND"})
    except Refused as refused:
        return _errors(refused.message, {"type": "UNPROCESSABLE"})


def _mark_ready(call: Call, given: dict[str, Any]) -> dict[str, object]:
    pull = _changed(call, _pull(call, given["pullRequestId"]))
    pull.mark_ready(call.by)
    return {"pullRequest": pull_node(pull)}


def _convert_to_draft(call: Call, given: dict[str, Any]) -> dict[str, object]:
    pull = _changed(call, _pull(call, given["pullRequestId"]))
    pull.convert_to_draft(call.by)
    return {"pullRequest": pull_node(pull)}


def _replace_actors(call: Call, given: dict[str, Any]) -> dict[str, object]:
    """Assign these and nobody else; Copilot starts only for a person."""
    subject = _changed(call, _subject(call, given["assignableId"]))
    wanted = [_actor(each) for each in given["actorIds"]]
    for user in [each for each in subject.assignees if each not in wanted]:
        subject.unassign(user, call.by)
    for user in wanted:
        if not is_copilot(user):
            subject.assign(user, call.by)
        elif isinstance(subject, Issue) and call.caller.is_user:
            subject.assign_copilot(call.by, given.get("agentAssignment"))
    shown = issue_node(subject) if isinstance(subject, Issue) else pull_node(subject)
    return {"assignable": shown}


def _bound(call: Call, do: Mutation) -> Callable[[Arguments], Node]:
    def run(arguments: Arguments) -> Node:
        given = arguments.get("input") or {}
        if not call.caller.may("pull_requests", "write"):
            raise Faulty("Resource not accessible by integration", "FORBIDDEN")
        done = do(call, given)
        return Node("Payload", {**done, "clientMutationId": given.get("clientMutationId")})

    return run


def _changed(call: Call, subject: Changed) -> Changed:
    """Return what is to be changed, unless its user may not."""
    if call.caller.is_user and not subject.repository.access.may_write(call.by):
        name = call.by["login"]
        raise Faulty(f"{name} does not have the correct permissions to do that.", "FORBIDDEN")
    return subject


def _reached(call: Call, full_name: str) -> Repository:
    found = call.site.world.repository(full_name)
    if not call.caller.reaches(found):
        raise Faulty(f"Could not resolve to a Repository with the name '{full_name}'.", "NOT_FOUND")
    return found


def _subject(call: Call, node_id: str) -> Issue | PullRequest:
    for name, repository in call.site.world.repositories.items():
        for subject in repository.threads:
            if subject.snapshot()["node_id"] == node_id:
                _reached(call, name)
                return subject
    raise Faulty(f"Could not resolve to a node with the global id of '{node_id}'", "NOT_FOUND")


def _pull(call: Call, node_id: str) -> PullRequest:
    found = _subject(call, node_id)
    if not isinstance(found, PullRequest):
        raise Faulty(f"Could not resolve to a PullRequest with the id '{node_id}'", "NOT_FOUND")
    return found


def _actor(node_id: str) -> Payload:
    for user in (COPILOT, *PEOPLE):
        if user["node_id"] == node_id:
            return user
    raise Faulty(f"Could not resolve to a node with the global id of '{node_id}'", "NOT_FOUND")


def _rate_limit(call: Call) -> Node:
    told = call.site.limits.headers(call.caller.name, "graphql")
    names = ("limit", "remaining", "used")
    return Node(
        "RateLimit", {name: int(told[f"x-ratelimit-{name}"]) for name in names} | {"cost": 1}
    )


def _errors(message: str, kind: Payload) -> Answer:
    return Answer({"data": None, "errors": [{**kind, "message": message}]})


_MUTATIONS: dict[str, Mutation] = {
    "markPullRequestReadyForReview": _mark_ready,
    "convertPullRequestToDraft": _convert_to_draft,
    "replaceActorsForAssignable": _replace_actors,
}
