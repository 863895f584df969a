"""What GitHub would refuse, so that a story cannot tell it by mistake."""


class NotPossible(Exception):
    """GitHub would not let this happen."""


def require(holds: object, otherwise: str) -> None:
    """Raise NotPossible with a sentence unless something holds."""
    if not holds:
        raise NotPossible(otherwise)
