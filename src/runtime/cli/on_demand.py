"""Loading a command when it is called: most need but a part of what the service is made of."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, TypeAlias

import typer
from typer.core import TyperGroup
from typer.main import get_group

from runtime import memory

INTERRUPTED = 130  # the exit status of Ctrl-C, as a shell counts it

Command: TypeAlias = Any  # typer keeps the type of its commands to itself

# In the order in which they are listed, each with the module that registers it.
_MODULES = {
    "init": "setup",
    "start": "start",
    "setup": "setting_up",
    "demo": "demo",
    "doctor": "doctor",
    "explain": "explain",
    "costs": "costs",
    "send": "send",
    "login": "login",
    "logout": "login",
    "token": "login",
    "migrate": "database",
    "status": "database",
    "verify": "database",
    "replay": "replaying",
}


class OnDemand(Mapping[str, Command]):
    """The commands by name; a command's module is imported when it is looked up."""

    def __getitem__(self, name: str) -> Command:
        """Return a command, or raise KeyError."""
        alone = typer.Typer()
        alone.callback()(lambda: None)  # so that a command is by itself in a group, too
        with memory.loading():
            import_module(f"runtime.cli.{_MODULES[name]}").register(alone)
        return get_group(alone).commands[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in the order in which they are listed."""
        return iter(_MODULES)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(_MODULES)


class Commands(TyperGroup):
    """The program: a group of commands that are loaded on demand."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 (typer's, handed through)
        super().__init__(**attributes)
        self.commands = OnDemand()  # type: ignore[assignment]  # it is only read
