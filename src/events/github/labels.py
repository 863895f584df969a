"""Names of labels: to GitHub, two that differ only in case are one label."""


def label_key(name: str) -> str:
    """Return what labels are compared by; two names with the same key are one label."""
    return name.casefold()
