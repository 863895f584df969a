"""What can go wrong between us and GitHub: a closed set, so that a caller can answer each."""

from datetime import datetime

from events.errors import OrchestratorError
from reactions.ports.answers import Holder


class GitHubFailure(OrchestratorError):
    """GitHub did not do what it was asked; never raised itself, only its kinds below.

    ``words`` is GitHub's own message, or ours where no answer came; ``status`` is None then.
    ``request_id`` is what GitHub's support asks for.
    """

    def __init__(
        self, words: str, *, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(words)
        self.words = words
        self.status = status
        self.request_id = request_id


class NotFound(GitHubFailure):
    """There is no such thing, or it is hidden from who asks; GitHub does not tell which."""


class Forbidden(GitHubFailure):
    """A permission is missing, the installation is suspended, or a rule forbids it."""


class Unauthorised(GitHubFailure):
    """The credential is missing, revoked or expired."""


class RateLimited(GitHubFailure):
    """Too much was asked; ``until`` is when to ask again, UTC.

    ``secondary`` tells the limits on bursts and content from the hourly budget. ``holder`` is whose
    credential met it, where that is known: it alone has to wait. ``user_id`` is which user's, of
    those who consented.
    """

    def __init__(
        self,
        words: str,
        *,
        until: datetime,
        secondary: bool,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(words, status=status, request_id=request_id)
        self.until = until
        self.secondary = secondary
        self.holder: Holder | None = None
        self.user_id: int | None = None


class Conflict(GitHubFailure):
    """The thing is not as the request supposes, such as a head that moved before a merge."""


class Unavailable(GitHubFailure):
    """GitHub failed, could not be reached or did not answer in time; it may have done it.

    ``until`` is when to ask again, UTC, where GitHub said so. ``unsent``: it was not even asked.
    """

    def __init__(
        self,
        words: str,
        *,
        until: datetime | None = None,
        status: int | None = None,
        request_id: str | None = None,
        unsent: bool = False,
    ) -> None:
        super().__init__(words, status=status, request_id=request_id)
        self.until = until
        self.unsent = unsent


class Refused(GitHubFailure):
    """GitHub understood and did not do it; ``because`` says what was expected of its answer."""

    def __init__(
        self,
        because: str,
        *,
        words: str = "",
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(words or because, status=status, request_id=request_id)
        self.because = because

    def __str__(self) -> str:
        return self.because if self.words == self.because else f"{self.because}: {self.words}"
