"""Random histories of what GitHub and we ourselves may say, for Hypothesis."""

from collections.abc import Sequence
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st

from events.catalogue import ServiceStarted, own_event
from events.envelope import NewEvent
from simulator.payloads import Payload, a_repository, an_installation, deliveries
from simulator.payloads.deliveries import DELIVERIES, OUTSIDE_REPOSITORIES
from tests.projections.builders import a_delivery, at, seconds

# Each example makes databases of its own, so that a fixture kept over examples does no harm.
WITH_DATABASES = settings(
    max_examples=5,
)

INSTALLATIONS = (11, 22)
NAMES = ("orbit-works/rocket", "orbit-works/lander", "orbit-works/probe")
_IN_REPOSITORY = sorted(DELIVERIES.keys() - OUTSIDE_REPOSITORIES)

_minutes = st.integers(0, 2)  # few, so that many fall into the same second


@st.composite
def _repositories(draw: st.DrawFn, names: Sequence[str] = NAMES) -> Payload:
    name = draw(st.sampled_from(names))
    called = draw(st.sampled_from((name, f"{name}-renamed")))
    archived, minute = draw(st.booleans()), draw(_minutes)
    identity = a_repository(name)["id"]
    return a_repository(called, id=identity, archived=archived, updated_at=at(minute))


@st.composite
def in_repository(
    draw: st.DrawFn,
    names: Sequence[str] = NAMES,
    kinds: Sequence[str] = _IN_REPOSITORY,
    installations: Sequence[int] = INSTALLATIONS,
) -> NewEvent:
    """A delivery about something in a repository, of an App's webhook or a plain one."""
    kind = draw(st.sampled_from(kinds))
    payload = DELIVERIES[kind](repository=draw(_repositories(names)))
    if kind == "repository" and draw(st.booleans()):
        payload["action"] = "deleted"
    payload["installation"] = {"id": draw(st.sampled_from(installations))}
    if draw(st.integers(0, 4)) == 0:
        del payload["installation"]
    return a_delivery(kind, payload)


@st.composite
def about_access(
    draw: st.DrawFn,
    names: Sequence[str] = NAMES,
    installations: Sequence[int] = INSTALLATIONS,
) -> NewEvent:
    """A delivery about an installation or the repositories it reaches."""
    minute = draw(_minutes)
    installation = an_installation(
        draw(st.sampled_from(installations)),
        updated_at=seconds(minute),
        suspended_at=at(minute) if draw(st.booleans()) else None,
        repository_selection=draw(st.sampled_from(("all", "selected"))),
    )
    listed = draw(st.lists(_repositories(names), max_size=2)) if names else []
    if draw(st.booleans()):
        action = draw(st.sampled_from(("created", "deleted", "suspend", "unsuspend")))
        told = deliveries.installation(action, installation=installation, repositories=listed)
        return a_delivery("installation", told)
    action = draw(st.sampled_from(("added", "removed")))
    told = deliveries.installation_repositories(
        action, installation=installation, repositories=listed
    )
    return a_delivery("installation_repositories", told)


@st.composite
def unknown(draw: st.DrawFn) -> NewEvent:
    """A delivery of an event that no reading knows."""
    payload = {"action": "created", "repository": draw(_repositories()), "sponsorship": {}}
    return a_delivery("sponsorship", payload)


@st.composite
def unreadable(draw: st.DrawFn) -> NewEvent:
    """A delivery that lacks what its event should have."""
    return a_delivery("check_run", {"repository": draw(_repositories()), "check_run": {"id": "1"}})


def our_own() -> NewEvent:
    """An event of ours."""
    return own_event(ServiceStarted(instance=uuid4(), version="1", role="all"), uuid4())


_one = NAMES[:1]
# Which of two installations is believed depends on whom one heard first, until GitHub is asked.
of_one_repository = st.one_of(
    in_repository(_one, ("push", "repository"), INSTALLATIONS[:1]),
    about_access(_one, INSTALLATIONS[:1]),
)
anything = st.one_of(in_repository(), about_access(), unknown(), unreadable(), st.builds(our_own))
histories = st.lists(anything, min_size=1, max_size=10)
