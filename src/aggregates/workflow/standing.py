"""Which review requests still stand."""

from aggregates.lane.seen import Requests
from events.github import PullRequestSeen


def standing_requests(requests: Requests, pull: PullRequestSeen) -> Requests:
    """Return the requests less those of teams that the pull request no longer lists.

    A member's review ends a team's request, and no delivery says so.
    """
    return {
        whom: request
        for whom, request in requests.items()
        if request.team is None
        or request.team in pull.requested_teams
        or request.at >= pull.updated_at
    }
