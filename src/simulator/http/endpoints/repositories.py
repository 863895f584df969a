"""Repositories: what they are, their labels, rules and files."""

import base64
from hashlib import sha1

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.payloads.rules import required_checks_rule
from simulator.plan import Role
from simulator.state.refusals import NotFound, Refused
from simulator.state.repositories import Repository
from simulator.state.repository import Commit

_LINE = 60


def get_repository(call: Call) -> Answer:
    """Answer with a repository."""
    access = call.repository.access
    role = access.role(call.by) if call.caller.is_user else _as_installation(call)
    return Answer(call.repository.snapshot() | {"permissions": rights(role)})


def get_permission(call: Call) -> Answer:
    """Answer with what someone may do in a repository; bots are no users here."""
    access, login = call.repository.access, call.path["login"]
    user = access.directory.named(login)
    if user is None:
        raise NotFound
    if user["type"] != "User":
        raise NotFound(f"{login} is not a user")
    permission, role = access.permission(user), access.role(user)
    role = permission if role == "none" else role
    told = {"permissions": rights(role), "role_name": role}
    return Answer({"permission": permission, "role_name": role, "user": user | told})


def list_labels(call: Call) -> Answer:
    """Answer with the labels of a repository."""
    return page_of(call, list(call.repository.labels.values()), lambda each: each)


def create_label(call: Call) -> Answer:
    """Make a label."""
    repository, name = call.repository, call.text("name")
    if name.casefold() in repository.labels:
        raise Refused(errors=[{"resource": "Label", "code": "already_exists", "field": "name"}])
    label = repository.label_named(name)
    label |= {key: call.body[key] for key in ("color", "description") if key in call.body}
    return Answer(label, 201)


def get_rules(call: Call) -> Answer:
    """Answer with what the rulesets ask of a branch."""
    repository = call.repository
    ruled = call.path["branch"] == repository.default_branch
    return Answer(_rules(repository) if ruled else [])


def get_protection(call: Call) -> Answer:
    """Answer with a branch's classic protection."""
    return Answer({"url": call.address, "required_status_checks": _protected(call)})


def get_protected_checks(call: Call) -> Answer:
    """Answer with the checks that a branch's classic protection asks for."""
    found = _protected(call)
    if found is None:
        raise NotFound("Required status checks not enabled")
    return Answer(found)


def get_contents(call: Call) -> Answer:
    """Answer with a file, as JSON or as its text, or with the list of a folder."""
    repository, path = call.repository, call.path["path"].strip("/")
    ref = call.query.get("ref") or repository.default_branch
    files = repository.commit_at(ref).files
    if path in files:
        if "raw" in call.accept:
            return Answer(text=files[path])
        return Answer(a_file(repository, path, files[path], ref) | _content(files[path]))
    within = [each for each in files if each.startswith(f"{path}/")]
    if not within:
        raise NotFound
    return Answer([a_file(repository, each, files[each], ref) for each in within])


def list_commits(call: Call) -> Answer:
    """Answer with commits, the newest first: all, or those that changed a file."""
    path, text = call.query.get("path"), None
    found = []
    for commit in call.repository.commits.values():
        if path is None or commit.files.get(path) != text:
            found.append(commit)
        text = commit.files.get(path) if path is not None else None
    return page_of(call, found[::-1], commit_summary)


def blob_sha(text: str) -> str:
    """Return the SHA by which Git knows a text."""
    raw = text.encode()
    return sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()


def _as_installation(call: Call) -> Role:
    return "write" if call.caller.may("contents", "write") else "read"


def rights(role: Role) -> dict[str, bool]:
    """Return what a role gives, as flags."""
    flags: dict[Role, str] = {
        "admin": "admin",
        "maintain": "maintain",
        "write": "push",
        "triage": "triage",
        "read": "pull",
    }
    higher = [*flags]
    return {
        name: role != "none" and higher.index(role) <= higher.index(each)
        for each, name in flags.items()
    }


def commit_summary(commit: Commit) -> Payload:
    """Build a commit as lists and answers to changes of files show it."""
    return {"sha": commit.sha, "commit": {"message": commit.message}, "author": commit.author}


def _protected(call: Call) -> Payload | None:
    repository, branch = call.repository, call.path["branch"]
    if branch not in repository.branches:
        raise NotFound("Branch not found")
    names = repository.protection
    if names is None or branch != repository.default_branch:
        raise NotFound("Branch not protected")
    url = f"{repository.snapshot()['url']}/branches/{branch}/protection/required_status_checks"
    checks = [{"context": name, "app_id": None} for name in names]
    told = {"url": url, "strict": False, "contexts": list(names), "checks": checks}
    return {**told, "contexts_url": f"{url}/contexts"} if names else None


def _rules(repository: Repository) -> list[Payload]:
    source = {
        "ruleset_source_type": "Repository",
        "ruleset_source": repository.full_name,
        "ruleset_id": 4096,
    }
    reviews = {
        "required_approving_review_count": repository.required_approvals,
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }
    rules: list[Payload] = [{"type": "deletion", **source}]
    if names := repository.required_checks:
        rules.append({**required_checks_rule(names, repository.ruleset_app_id), **source})
    if repository.required_approvals:
        rules.append({"type": "pull_request", "parameters": reviews, **source})
    return rules


def a_file(repository: Repository, path: str, text: str, ref: str) -> Payload:
    """Build a file without its text."""
    root, sha = repository.snapshot(), blob_sha(text)
    url = f"{root['url']}/contents/{path}?ref={ref}"
    git_url = f"{root['url']}/git/blobs/{sha}"
    html_url = f"{root['html_url']}/blob/{ref}/{path}"
    return {
        "type": "file",
        "size": len(text.encode()),
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": url,
        "git_url": git_url,
        "html_url": html_url,
        "download_url": f"{root['html_url']}/raw/{ref}/{path}",
        "_links": {"self": url, "git": git_url, "html": html_url},
    }


def _content(text: str) -> Payload:
    encoded = base64.b64encode(text.encode()).decode()
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return {"encoding": "base64", "content": "".join(f"{line}\n" for line in lines)}
