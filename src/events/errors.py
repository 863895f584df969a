"""What can go wrong in this service, as a tree one can read; ``api`` maps it to HTTP once."""


class OrchestratorError(Exception):
    """Every error of ours; its sentence says what was wrong and what to do."""


class DeliveryRefused(OrchestratorError):
    """A delivery that will not be stored; ``code`` is stable and safe to show a stranger."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code

    def __reduce__(self) -> tuple[type["DeliveryRefused"], tuple[str, str]]:
        """Let it be raised in one process and arrive in another."""
        return type(self), (self.code, str(self))


class SignatureRefused(DeliveryRefused):
    """The delivery could not be proven to come from GitHub."""


class BindingRefused(DeliveryRefused):
    """Signed with a secret that may not speak for whom the delivery names."""


class MalformedDelivery(DeliveryRefused):
    """Signed, but not a delivery: a header is missing or the body is not a JSON object."""


class DeliveryTooLarge(DeliveryRefused):
    """The body is larger than any that GitHub sends."""


class UnsupportedMediaType(DeliveryRefused):
    """The body is neither JSON nor a form."""


class ParserFailed(OrchestratorError):
    """The process that parses what is large died or took too long; nothing is known of the body."""


class LogError(OrchestratorError):
    """The log could not do what was asked of it."""


class LogUnavailable(LogError):
    """The database did not take the events; nothing of them was stored."""


class LogOverloaded(LogUnavailable):
    """More events are waiting to be stored than the appender may hold in memory."""


class EventRefused(LogError):
    """The database refuses this very event, and would again."""


class UnknownEventType(LogError):
    """One of our own events has no entry in the catalogue."""


def described(error: Exception) -> str:
    """Return what is kept of an error that nobody foresaw: its type and where it arose.

    Never its text, which may quote what must not be shown, such as a payload.
    """
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    at = f" at {where.tb_frame.f_code.co_qualname}" if where else ""
    return f"{type(error).__name__}{at}"
