"""Branches and files, as the API writes them."""

import base64
import binascii

from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.http.endpoints.repositories import a_file, blob_sha, commit_summary
from simulator.payloads import Payload
from simulator.state.refusals import Conflict, Forbidden, NotFound, Refused
from simulator.state.repository import RepositoryState

_HEADS = "refs/heads/"
_WORKFLOWS = ".github/workflows/"


def get_ref(call: Call) -> Answer:
    """Answer with a branch."""
    return Answer(_ref(call.repository, _known_branch(call, call.path["branch"])))


def create_ref(call: Call) -> Answer:
    """Let a branch begin at a commit."""
    repository, ref, sha = call.repository, call.text("ref"), call.text("sha")
    branch = ref.removeprefix(_HEADS)
    if branch == ref or not branch:
        raise Refused("Reference name must start with 'refs/heads/'.")
    if branch in repository.branches:
        raise Refused("Reference already exists")
    if sha not in repository.commits:
        raise Refused("Object does not exist")
    repository.create_branch(branch, sha, call.by)
    return Answer(_ref(repository, branch), 201)


def put_file(call: Call) -> Answer:
    """Commit a file to a branch; whoever changes one says which text it had."""
    repository, path = call.repository, call.path["path"].strip("/")
    message, text = call.text("message"), _text(call)
    branch = _known_branch(call, call.body.get("branch") or repository.default_branch)
    if path.startswith(_WORKFLOWS) and not call.caller.may("workflows", "write"):
        raise Forbidden(
            f"refusing to allow a GitHub App to create or update workflow `{path}` without "
            "`workflows` permission"
        )
    had = repository.commit_at(branch).files.get(path)
    _require_same(call, path, had)
    commit = repository.commit_file(path, text, call.by, branch, message)
    told = {"content": a_file(repository, path, text, branch), "commit": commit_summary(commit)}
    return Answer(told, 201 if had is None else 200)


def _require_same(call: Call, path: str, had: str | None) -> None:
    sha = call.body.get("sha")
    if had is None:
        return
    if sha is None:
        raise Refused('Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha != blob_sha(had):
        raise Conflict(f"{path} does not match {sha}")


def _known_branch(call: Call, branch: str) -> str:
    if branch not in call.repository.branches:
        raise NotFound(f"Branch {branch} not found")
    return branch


def _text(call: Call) -> str:
    try:
        return base64.b64decode(call.body.get("content", ""), validate=False).decode()
    except (binascii.Error, TypeError, UnicodeDecodeError):
        raise Refused("content is not valid Base64") from None


def _ref(repository: RepositoryState, branch: str) -> Payload:
    url, sha = repository.snapshot()["url"], repository.branches[branch]
    return {
        "ref": f"{_HEADS}{branch}",
        "node_id": f"REF_{sha[:14]}",
        "url": f"{url}/git/{_HEADS}{branch}",
        "object": {"type": "commit", "sha": sha, "url": f"{url}/git/commits/{sha}"},
    }
