"""Judging the server's layer of the policy."""

from pathlib import Path

from runtime.background.server_policy import PolicyFileUnreadable, read_server_policy
from runtime.doctor.finding import Finding, ok, problem
from runtime.doctor.reading import unread_of

POLICY_FILE = "policy file"

_SEE = "mend it; docs/policy.md has every field"


def check_policy_file(path: Path | None) -> Finding:
    """Read the file and say whether all of it is understood."""
    if path is None:
        return ok(POLICY_FILE, "none is set; each repository's own file decides")
    try:
        said = read_server_policy(path)
    except PolicyFileUnreadable as error:
        return problem(POLICY_FILE, unread_of(error).why, "correct the path, or its permissions")
    if not said.problems:
        return ok(POLICY_FILE, f"{path.name} is valid")
    first = said.problems[0]
    more = f", and {len(said.problems) - 1} more" if len(said.problems) > 1 else ""
    where = first.path or "the file"
    return problem(POLICY_FILE, f"{path.name}: {where}: {first.message}{more}", _SEE)
