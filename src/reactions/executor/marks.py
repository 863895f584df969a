"""The marks in our comments: how they are signed, and by which of them a comment is ours."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from aggregates.surroundings import Circumstances
from events.github.comments import mark_of, marked_action, signatures_of
from reactions.executor.outcomes import Request
from reactions.ports.answers import Comment

_PURPOSE = b"copilot-orchestrator:mark:1"  # the key may serve other ends with other ones


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells the comment of one action, by what held when it was looked at.

    The first of ``keys`` signs, and any of them verifies; without one marks are not signed.
    """

    request: Request
    around: Circumstances
    keys: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """The mark as it is written into the comment."""
        action_id = self.request.event.id
        return mark_of(action_id, self._signature(self.keys[0]) if self.keys else None)

    @property
    def plain(self) -> str:
        """What all comments with this mark contain, signed or not."""
        return mark_of(self.request.event.id)

    def is_on(self, comment: Comment) -> bool:
        """Say whether a comment is the one that was asked for.

        Anybody can write a mark, and whoever may write to a repository can edit what we wrote: so
        it counts from ourselves only, and signed. Without a key, and for what was asked for before
        marks were signed, one of ours counts that nobody has edited.
        """
        if not self._is_ours(comment):
            return False
        if self._is_signed(comment.body):
            return True
        return (
            not self._must_be_signed
            and not comment.edited
            and marked_action(comment.body) == self.request.event.id
        )

    def _is_ours(self, comment: Comment) -> bool:
        """Say whether we wrote it; any App may have, while GitHub has not told who ours is."""
        if self.around.wrote(comment.author_id, self.request.event.position):
            return True
        return comment.by_bot and not self.around.app_known

    @property
    def _must_be_signed(self) -> bool:
        if not self.keys:
            return False
        if not self.around.app_known:
            return True
        since = self.around.signed_since
        return since is not None and self.request.event.position > since

    def _is_signed(self, body: str) -> bool:
        given = signatures_of(body, self.request.event.id)
        made = [self._signature(key) for key in self.keys] if given else []
        return any(hmac.compare_digest(one, other) for one in given for other in made)

    def _signature(self, key: bytes) -> str:
        event = self.request.event
        return signature(key, event.repository_id or 0, event.id)


def signature(key: bytes, repository_id: int, action_id: UUID) -> str:
    """Return what signs the mark of an action in a repository: HMAC-SHA256 in hexadecimal."""
    said = b"%s\n%d\n%s" % (_PURPOSE, repository_id, str(action_id).encode())
    return hmac.new(key, said, sha256).hexdigest()
