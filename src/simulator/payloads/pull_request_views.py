"""Pull requests as reviews embed them and as checks refer to them."""

from simulator.payloads.payload import Payload, built

_ONLY_WHEN_WHOLE = (
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "additions",
    "deletions",
    "changed_files",
)


def an_embedded_pull_request(pull_request: Payload) -> Payload:
    """Build what reviews and their comments say of a pull request: without flags and totals."""
    kept = {key: value for key, value in pull_request.items() if key not in _ONLY_WHEN_WHOLE}
    return built(kept, {})


def a_pull_request_reference(pull_request: Payload) -> Payload:
    """Build the few fields by which checks refer to a pull request."""
    return {
        "url": pull_request["url"],
        "id": pull_request["id"],
        "number": pull_request["number"],
        **{side: _reference_end(pull_request[side]) for side in ("head", "base")},
    }


def _reference_end(end: Payload) -> Payload:
    repo = {name: end["repo"][name] for name in ("id", "url", "name")}
    return {"ref": end["ref"], "sha": end["sha"], "repo": repo}
