"""The application of these tests, over a fresh database."""

from tests.api.conftest import _plain_log_lines, app, client

__all__ = ["_plain_log_lines", "app", "client"]
