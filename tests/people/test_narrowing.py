"""Whatever token is made: nobody does more with it than its maker may, nor than it says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from people.api_tokens import ApiToken, caller_with
from people.caller import Caller
from people.rights import Reach, RepositoryRight
from people.roles import Role

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REPOSITORIES = range(1, 6)
INSTALLATIONS = range(1, 4)

roles = st.sampled_from([Role.VIEWER, Role.OPERATOR, Role.MAINTAINER])
wanted = st.sampled_from([Role.VIEWER, Role.OPERATOR, Role.MAINTAINER, Role.ADMINISTRATOR])
subsets = st.frozensets(st.sampled_from(REPOSITORIES))


def reach_of(held: Mapping[int, tuple[Role, int]], owned: frozenset[int]) -> Reach:
    return Reach(
        user_id=7,
        login="rita",
        read_at=NOW,
        read_behind=0,
        repositories={
            number: RepositoryRight(role, through, f"octo/{number}")
            for number, (role, through) in held.items()
        },
        installations=owned | {through for _, through in held.values()},
        owned=owned,
    )


reaches = st.builds(
    reach_of,
    st.dictionaries(
        st.sampled_from(REPOSITORIES), st.tuples(roles, st.sampled_from(INSTALLATIONS))
    ),
    st.frozensets(st.sampled_from(INSTALLATIONS)),
)


@given(reach=st.none() | reaches, administers=st.booleans(), most=wanted, only=st.none() | subsets)
def test_a_token_narrows_and_never_widens(
    *, reach: Reach | None, administers: bool, most: Role, only: frozenset[int] | None
) -> None:
    maker = Caller(
        means="session", user_id=7, login="rita", is_administrator=administers, reach=reach
    )
    token = ApiToken(
        id=UUID(int=1),
        user_id=7,
        login="rita",
        name="a program",
        most=most,
        only=only,
        made_with=None,
        made_at=NOW,
        made_behind=0,
        ends_at=NOW + timedelta(days=1),
    )
    program = caller_with(token, reach, administers=administers)
    for number in REPOSITORIES:
        role = program.role_in(number)
        assert role <= min(maker.role_in(number), most)
        assert only is None or number in only or role is Role.NONE
        assert maker.access.allows(number, None) or not program.access.allows(number, None)
        assert only is None or number in only or not program.access.allows(number, None)
    for number in INSTALLATIONS:
        assert maker.owns(number) or not program.owns(number)
        assert only is None or not program.owns(number)
        assert maker.knows_installation(number) or not program.knows_installation(number)
        assert maker.access.allows(None, number) or not program.access.allows(None, number)
        if only is not None:
            assert not program.access.allows(None, number)
            through = {
                r.installation_id
                for i, r in (reach.repositories if reach else {}).items()
                if i in only
            }
            assert not program.knows_installation(number) or number in through
    assert maker.administers or not program.administers
    assert not program.administers or (only is None and most is Role.ADMINISTRATOR)
