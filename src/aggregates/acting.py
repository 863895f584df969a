"""As whom we do what GitHub takes from people only: those who consented, in their order."""

from dataclasses import dataclass, field, replace

from events.catalogue import OwnEvent
from events.catalogue.people import ConsentGiven, ConsentLost, ConsentsOrdered, ConsentTakenBack

_MOST_FORMER = 100  # of whom we know that they let us act once; far more than a repository has


@dataclass(frozen=True, slots=True)
class ActingUser:
    """A user as whom we do what only a user may do."""

    user_id: int
    login: str


@dataclass(frozen=True, slots=True)
class LostConsent:
    """Whose consent was lost last, and why."""

    login: str
    why: str


@dataclass(frozen=True, slots=True)
class Consents:
    """Who lets us act as them in a repository, the first of whom we do.

    ``identities`` are these and those who did once, by id, each with the position since which we
    act as them no longer. ``lost`` is the last that was lost, until one is given again.
    """

    given: tuple[ActingUser, ...] = ()
    identities: dict[int, int | None] = field(default_factory=dict)
    lost: LostConsent | None = None


NOBODY_CONSENTED = Consents()


def consents_after(known: Consents, position: int, content: OwnEvent) -> Consents:
    """Return who lets us act as them after an event; the same object when nothing changes."""
    match content:
        case ConsentGiven():
            return _given(known, ActingUser(content.user_id, content.login))
        case ConsentTakenBack():
            return _gone(known, content.user_id, position)
        case ConsentLost():
            lost = LostConsent(content.login, content.because)
            gone = _gone(known, content.user_id, position)
            return gone if gone is known else replace(gone, lost=lost)
        case ConsentsOrdered():
            given = in_order(known.given, content.user_ids)
            return known if given == known.given else replace(known, given=given)
    return known


def in_order(given: tuple[ActingUser, ...], user_ids: tuple[int, ...]) -> tuple[ActingUser, ...]:
    """Put people in an order; those whom it does not name come behind, as they were."""
    places = {user_id: place for place, user_id in enumerate(user_ids)}
    return tuple(sorted(given, key=lambda each: places.get(each.user_id, len(places))))


def _given(known: Consents, user: ActingUser) -> Consents:
    """Take somebody in behind the others; who is among them stays where they are."""
    ids = [each.user_id for each in known.given]
    given = (
        tuple(user if each.user_id == user.user_id else each for each in known.given)
        if user.user_id in ids
        else (*known.given, user)
    )
    if given == known.given:
        return known
    return Consents(given, {**known.identities, user.user_id: None})


def _gone(known: Consents, user_id: int, position: int) -> Consents:
    given = tuple(each for each in known.given if each.user_id != user_id)
    if len(given) == len(known.given):
        return known
    identities = _bounded({**known.identities, user_id: position})
    return replace(known, given=given, identities=identities)


def _bounded(identities: dict[int, int | None]) -> dict[int, int | None]:
    """Forget those first as whom we act no longer for the longest time."""
    former = sorted((until, user_id) for user_id, until in identities.items() if until is not None)
    forgotten = {user_id for _, user_id in former[:-_MOST_FORMER]}
    return {user_id: until for user_id, until in identities.items() if user_id not in forgotten}
