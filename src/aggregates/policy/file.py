"""A policy file as bytes, as it comes from a disk, a repository or a request."""

from dataclasses import dataclass

from aggregates.policy.document import PolicyReading, read_policy
from events.catalogue import PolicyProblem
from events.catalogue.policies import MAX_CONTENT

MAX_BYTES = 4 * MAX_CONTENT  # beyond which no text in UTF-8 is short enough

_NOT_UTF8 = PolicyProblem(path="", message="expected text in UTF-8")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file's text, as much of it as the log keeps, and what it says."""

    text: str
    reading: PolicyReading


def read_policy_file(content: bytes) -> PolicyFile:
    """Read a policy file, whatever its bytes are; of more than ``MAX_BYTES`` the rest is idle."""
    try:
        text = content.decode()
        reading = read_policy(text)
    except UnicodeDecodeError:
        text = content.decode(errors="replace")
        reading = PolicyReading(None, (_NOT_UTF8,))
    return PolicyFile(text[:MAX_CONTENT], reading)
