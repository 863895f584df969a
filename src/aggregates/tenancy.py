"""Whose a repository is: the first word holds, a change only once GitHub or an operator says so.

Deliveries say through which installation they come; a delivery signed with a bound secret also
whose repository it is about. What contradicts what is known is kept as a claim, and nothing else
that such a delivery says counts. GitHub's times, not arrival, tell a claim from what has passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from events.catalogue import InstallationAccepted, InstallationAnswered
from events.delivery import is_bound
from events.envelope import GITHUB, Event
from events.github import NEVER, Fact, RepositorySeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What deliveries say of whose a repository is, against what is known.

    ``at`` is GitHub's time of it, ``position`` that of the first delivery that said so.
    """

    position: int
    installation_id: int | None = None
    full_name: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What an event says of whose a repository is; ``bound``: by a secret that speaks for some.

    ``claims``: it is worth to be asked about. What we saw ourselves, through an installation that
    lost the repository meanwhile, is not.
    """

    position: int
    installation_id: int | None = None
    full_name: str | None = None
    at: datetime | None = None
    bound: bool = False
    claims: bool = True

    @classmethod
    def of(cls, event: Event, facts: Iterable[Fact]) -> Self:
        """Read it from a delivery in a repository, or from what a look at one saw."""
        here = (fact for fact in facts if isinstance(fact, RepositorySeen))
        seen = next((fact for fact in here if fact.repository_id == event.repository_id), None)
        return cls(
            position=event.position,
            installation_id=event.installation_id,
            full_name=seen.full_name if seen else None,
            at=seen.updated_at if seen else None,
            bound=is_bound(event),
            claims=event.source == GITHUB,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """Whose a repository is as far as we know, since when, and what is claimed against that.

    ``at`` is GitHub's time of the newest word that agreed. ``moved`` is the position of the event
    by which it last left an installation that was known, 0 while it never did.
    """

    installation_id: int | None = None
    full_name: str | None = None
    at: datetime | None = None
    claim: Claim | None = None
    moved: int = 0

    def contradicted_by(self, word: Word) -> bool:
        """Say whether a word says that the repository is somebody else's."""
        if word.installation_id is not None and self.installation_id is not None:
            return word.installation_id != self.installation_id
        if not word.bound or self.full_name is None:
            return False
        return word.installation_id is not None or not _same_owner(word.full_name, self.full_name)

    def after(self, word: Word) -> Self:
        """Return it after a word; the same object when nothing changes."""
        if self.contradicted_by(word):
            claim = self._claimed(word)
            return self if claim is self.claim else replace(self, claim=claim)
        passed = self.claim is not None and _is_before(self.claim.at, word.at)
        installation_id = word.installation_id or self.installation_id
        if not passed and installation_id == self.installation_id:
            return self
        return replace(self, installation_id=installation_id, claim=None if passed else self.claim)

    def answered(self, content: InstallationAnswered, position: int) -> Self:
        """Return it after GitHub's answer at a position; the same object when nothing changes."""
        whose = content.installation_id or self.installation_id
        claim = self.claim
        if claim is not None and claim.position <= content.as_of:
            claim = None
        return self._settled(whose, content.owner, claim, position)

    def accepted(self, content: InstallationAccepted, position: int) -> Self:
        """Return it after an operator's word at a position; the same object if nothing changes."""
        return self._settled(content.installation_id, content.owner, None, position)

    def _claimed(self, word: Word) -> Claim | None:
        known = self.claim
        if not word.claims or _is_before(word.at, self.at):
            return known  # so it was once
        if known is not None:
            told = (known.installation_id, known.full_name)
            if told == (word.installation_id, word.full_name) or _is_before(word.at, known.at):
                return known
        return Claim(
            position=word.position,
            installation_id=word.installation_id,
            full_name=word.full_name,
            at=word.at,
        )

    def _settled(
        self, whose: int | None, owner: str | None, claim: Claim | None, position: int
    ) -> Self:
        name = self.full_name
        if name is not None and owner is not None and not _same_owner(f"{owner}/", name):
            name = f"{owner}/{name.partition('/')[2]}"
        left = self.installation_id is not None and whose != self.installation_id
        moved = position if left else self.moved
        now = replace(self, installation_id=whose, full_name=name, claim=claim, moved=moved)
        return self if now == self else now


def acceptance_refusal(known: Tenancy, content: InstallationAccepted) -> str | None:
    """Say why accepting an installation changes nothing; None: it does."""
    if known.accepted(content, known.moved) is not known:
        return None
    whose = f"installation {known.installation_id}'s" if known.installation_id else "no App's"
    return f"the repository is {whose} already, and nothing says otherwise"


def _same_owner(one: str | None, other: str) -> bool:
    return one is not None and _owner(one) == _owner(other)


def _owner(full_name: str) -> str:
    return full_name.partition("/")[0].lower()


def _is_before(one: datetime | None, other: datetime | None) -> bool:
    """Say whether a time is certainly before another; of none nobody knows."""
    return one is not None and one < (other or NEVER)
