"""The application of these tests, over a fresh database."""

from tests.api.conftest import app, client

__all__ = ["app", "client"]
