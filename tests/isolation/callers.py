"""Whoever calls the service in these tests, with rights of their own."""

from fastapi import FastAPI

from api.access import (
    AskAccess,
    asking_access,
    authorised_access,
    optional_caller,
    recognised,
)
from api.problems import ApiError
from projections.access import Access
from tests.callers import caller_of


def let_in(app: FastAPI, access: Access, *, batches: int = 1000) -> None:
    """Have whoever calls see that far; a stream's reader only for some batches, then no more."""

    async def asked() -> AskAccess:
        left = iter(range(1 + batches))  # once before the first

        async def ask() -> Access:
            if next(left, None) is None:
                raise ApiError(401, "session_ended", "you have signed out")
            return access

        return ask

    app.dependency_overrides |= {
        recognised: lambda: caller_of(access),
        authorised_access: lambda: caller_of(access).access,
        optional_caller: lambda: caller_of(access),
        asking_access: asked,
    }
