"""The event that a lane's wait has passed."""

from aggregates.decisions import Timer
from aggregates.decisions import timed_out as passed
from aggregates.lane import Lane
from events.envelope import NewEvent


def timed_out(lane: Lane, timer: Timer) -> NewEvent:
    return passed(
        timer,
        repository_id=lane.repository_id,
        installation_id=lane.installation_id,
        generation=lane.handling(timer.issue_number).generation,
    )
