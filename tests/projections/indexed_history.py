"""A short history in which events differ in everything that the event filters ask for."""

from dataclasses import replace
from uuid import uuid4

from events.catalogue import About, ServiceStopped, own_event, workflow_id
from events.envelope import NewEvent
from events.store import Store
from projections.access import EVERYTHING
from projections.events.index import EventFilter, list_events
from simulator.payloads import (
    a_check_run,
    a_pull_request,
    a_repository,
    a_user,
    copilot_agent,
    deliveries,
)
from tests.projections.builders import a_delivery

ROCKET, LANDER = a_repository("orbit-works/rocket"), a_repository("orbit-works/lander")
WORKFLOW = workflow_id(7, 3)  # in a repository that no delivery is of
COPILOT = copilot_agent()


def a_history() -> list[NewEvent]:
    """Ten events; the plain webhook is the fifth, our own are the eighth and the tenth."""
    pull = a_pull_request(18, repository=ROCKET)
    about = About(repository_id=7, issue_number=3)
    ours = own_event(ServiceStopped(instance=uuid4()), uuid4(), about=about)
    plain = deliveries.push(repository=LANDER, sender=a_user("198982749"))
    del plain["installation"]
    return [
        a_delivery("issues", deliveries.issues(repository=ROCKET)),
        a_delivery("issues", deliveries.issues("closed", repository=ROCKET, sender=COPILOT)),
        a_delivery("issues", deliveries.issues(repository=LANDER, installation={"id": 22})),
        a_delivery("pull_request", deliveries.pull_request(pull_request=pull, repository=ROCKET)),
        a_delivery("push", plain),
        a_check_of(18),
        a_delivery("pull_request_review", deliveries.pull_request_review(repository=LANDER)),
        ours,
        a_delivery("sponsorship", {"action": "created", "sender": a_user("Ada-Bright")}),
        replace(ours, id=uuid4(), source="operator"),
    ]


def a_check_of(pull_request: int) -> NewEvent:
    run = a_check_run(repository=ROCKET, pull_requests=[a_pull_request(pull_request)])
    return a_delivery("check_run", deliveries.check_run(check_run=run, repository=ROCKET))


async def listed(store: Store, wanted: EventFilter, limit: int = 100) -> list[int]:
    """The positions of the events that a filter lists."""
    found = await store.read(lambda c: list_events(c, EVERYTHING, wanted, limit))
    return [event.position for event in found]
