"""What is kept of an error that nobody foresaw, where what it was about must not be shown."""


def described(error: Exception) -> str:
    """Return an error's type and where it arose, never the text, which may quote a payload."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    at = f" at {where.tb_frame.f_code.co_qualname}" if where else ""
    return f"{type(error).__name__}{at}"
