"""Agent Merge: whether Copilot mends a pull request by itself; for people who may write."""

from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import BadRequest, Forbidden, NotFound

VERSION = "2026-03-10"


def get_agent_merge(call: Call) -> Answer:
    """Answer with whether it is on."""
    return _shown(_pull(call))


def put_agent_merge(call: Call) -> Answer:
    """Switch it on."""
    pull = _pull(call)
    pull.agent_merge = True
    call.repository.happenings.note(pull)
    return _shown(pull)


def delete_agent_merge(call: Call) -> Answer:
    """Switch it off."""
    _pull(call).agent_merge = False
    return Answer(status=204)


def _pull(call: Call) -> PullRequest:
    """Return the pull request of the path, for whom may write, in a version that knows of it."""
    if call.version != VERSION:
        raise BadRequest(f"'{call.version}' is not a supported version of the API here.")
    repository, pull = call.repository, call.pull_request
    if not repository.knows_agent_merge:
        raise NotFound
    if not repository.access.may_write(call.by):
        raise Forbidden("Must have write access to Repository.")
    return pull


def _shown(pull: PullRequest) -> Answer:
    return Answer({"enabled": pull.agent_merge})
