"""Which release this is."""

from importlib.metadata import version


def product_version() -> str:
    """Return the release's version."""
    return version("copilot-workflow-orchestrator")
