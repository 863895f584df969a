"""What GitHub refuses, with the status and the sentence of its answer."""

from collections.abc import Sequence


class Refused(Exception):
    """GitHub does not do what was asked; ``errors`` are details that some answers have."""

    status = 422

    def __init__(self, message: str = "Validation Failed", errors: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = list(errors)


class BadRequest(Refused):
    """What was sent makes no sense here."""

    status = 400


class NotFound(Refused):
    """There is no such thing, or whoever asks may not know of it."""

    status = 404

    def __init__(self, message: str = "Not Found") -> None:
        super().__init__(message)


class Gone(Refused):
    """It was deleted."""

    status = 410

    def __init__(self, message: str = "This issue was deleted") -> None:
        super().__init__(message)


class Moved(Refused):
    """It is elsewhere now: at ``address``."""

    status = 301

    def __init__(self, address: str) -> None:
        super().__init__("Moved Permanently")
        self.address = address


class Unauthenticated(Refused):
    """Who asks is unknown."""

    status = 401

    def __init__(self, message: str = "Bad credentials") -> None:
        super().__init__(message)


class Forbidden(Refused):
    """Who asks may not do this."""

    status = 403


class NotMergeable(Refused):
    """The pull request cannot be merged as it stands."""

    status = 405


class Conflict(Refused):
    """What was there is not what whoever asks believes."""

    status = 409


class HeadMoved(Refused):
    """The head is not the expected commit."""

    status = 409


def require(holds: object, otherwise: str) -> None:
    """Raise Refused with a sentence unless something holds."""
    if not holds:
        raise Refused(otherwise)
