"""Reading a repository's policy file when it may have changed, and answering for it."""

from aggregates.policy.file import PATH
from reactions.policy_files.policy_files import PolicyFiles

__all__ = ["PATH", "PolicyFiles"]
