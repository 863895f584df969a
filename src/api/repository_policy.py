"""The policy that holds for a repository, and which layer each value comes from."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from aggregates.lane import Lane
from aggregates.lane.ours import PolicyLayer
from aggregates.policy import Origin, Policy
from aggregates.surroundings import EVERYWHERE, ModeOrigin, circumstances
from aggregates.surroundings import Surroundings as AroundLanes
from api.access import Authorised
from api.as_of import AsOf
from api.paging import Id
from api.problems import ApiError
from api.reflecting import Reflected
from events.catalogue import Layer, Mode
from projections.access import Access
from projections.installations import INSTALLATIONS
from projections.lanes.around import around_as_of
from projections.lanes.fold import LANES
from projections.lanes.queries import around_lanes, find_lane, find_lane_as_of
from projections.references import Links, RepositoryRef
from projections.repositories.fold import REPOSITORIES
from projections.repositories.queries import find_repository

router = APIRouter(prefix="/api/repositories/{repository_id}/policy", tags=["policy"])

_NONE = PolicyLayer()


class PolicyLayerItem(BaseModel):
    """One layer's policy: where it was given, and what is wrong with a newer one."""

    position: int | None = Field(description="the event that gave it; null: nothing was given")
    commit: str | None = Field(description="the commit of its file, if it is a repository's")
    problems: list[str] = Field(
        description="why a newer one does not hold", examples=[["mode: expected off, shadow …"]]
    )


class RepositoryPolicy(BaseModel):
    """What holds for a repository; of several layers the strongest gives a value."""

    repository: RepositoryRef
    mode: Mode = Field(description="the mode in force")
    mode_origin: ModeOrigin = Field(
        description="the layer that it comes from, or `operator`", examples=["repository"]
    )
    policy: Policy
    origins: dict[str, Origin] = Field(
        description="the layer of each value", examples=[{"ci.max_attempts": "built-in"}]
    )
    layers: dict[Layer, PolicyLayerItem] = Field(description="the weakest first")


@router.get("", operation_id="show_repository_policy")
async def repository_policy(
    access: Authorised, reflected: Reflected, repository_id: Id, as_of: AsOf = None
) -> RepositoryPolicy:
    """Show the policy that holds, or once held, for a repository, and where each value is from."""
    lane, around, named = await reflected.query_as_of(
        as_of,
        lambda connection, then: _look(connection, access, repository_id, reflected.links, then),
        LANES.name,
        REPOSITORIES.name,
        INSTALLATIONS.name,
    )
    if lane is None:
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")
    held = circumstances(lane, around)
    return RepositoryPolicy(
        repository=named,
        mode=held.mode,
        mode_origin=held.mode_origin,
        policy=held.policy,
        origins=dict(held.origins),
        layers=_layers(lane, around),
    )


def _look(
    connection: Connection, access: Access, repository_id: int, links: Links, as_of: int | None
) -> tuple[Lane | None, AroundLanes, RepositoryRef]:
    """Return the lane of a repository within reach; a new one where nothing happened yet."""
    if as_of is None:
        around, lane = around_lanes(connection), find_lane(connection, access, repository_id)
    else:
        around = around_as_of(connection, as_of)
        lane = find_lane_as_of(connection, access, repository_id, as_of)
    known = find_repository(connection, access, repository_id, links, as_of)
    if lane is None and known is not None:
        lane = Lane(repository_id=repository_id, installation_id=known.installation_id)
    return lane, around, links.repository(repository_id, known.full_name if known else None)


def _layers(lane: Lane, around: AroundLanes) -> dict[Layer, PolicyLayerItem]:
    whose = lane.installation_id
    return {
        "server": _item(around.policies.get(EVERYWHERE, _NONE)),
        "installation": _item(around.policies.get(whose, _NONE) if whose else _NONE),
        "repository": _item(lane.ours.policy),
    }


def _item(layer: PolicyLayer) -> PolicyLayerItem:
    return PolicyLayerItem(
        position=layer.position or None, commit=layer.commit, problems=list(layer.problems)
    )
