"""Reading a repository's policy file when it may have changed, and answering for it."""

from reactions.policy_files.policy_files import PATH, PolicyFiles

__all__ = ["PATH", "PolicyFiles"]
