"""What several tests of the running service ask for."""

from collections.abc import Iterator

import pytest

from tests.gateway.scripted import ScriptedServer


@pytest.fixture(scope="session")
def server() -> Iterator[ScriptedServer]:
    """A server in the place of GitHub, which a test hands its script."""
    server = ScriptedServer()
    with server.running():
        yield server
