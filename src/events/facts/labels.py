"""Names of labels, which GitHub tells apart by more than their case alone."""


def label_key(name: str) -> str:
    """Return what labels are compared by; two names with the same key are one label."""
    return name.casefold()
