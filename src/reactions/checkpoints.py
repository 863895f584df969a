"""How far each reaction has got; operational, and nothing that a replay touches."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from events.statement import Statement
from events.table import BIG_INTEGER, table_of

_WORTH_A_WRITE = 1000  # positions in which nothing was found, and which a start looks at again


class ReactionCheckpointRow(SQLModel, table=True):
    """The log position up to which a reaction has looked."""

    __tablename__ = "reaction_checkpoints"

    name: str = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)


_checkpoints = table_of(ReactionCheckpointRow)

_IT = _checkpoints.c.name == bindparam("reaction")
_POSITION = Statement(select(_checkpoints.c.position).where(_IT))
_ADVANCE = Statement(
    update(_checkpoints)
    .where(_IT, _checkpoints.c.position < bindparam("reached"))
    .values(position=bindparam("reached"))
)


def position(connection: Connection, name: str) -> int:
    """Return up to where a reaction has looked; 0 before its first time."""
    return _POSITION.scalar(connection, {"reaction": name}) or 0


def hold(connection: Connection, name: str) -> int:
    """Return a checkpoint's position and keep others from it until the transaction ends."""
    query = select(_checkpoints.c.position).where(_checkpoints.c.name == name).with_for_update()
    found: int | None = connection.scalar(query)
    if found is not None:
        return found
    with suppress(IntegrityError), connection.begin_nested():  # another process may be faster
        connection.execute(insert(_checkpoints).values(name=name, position=0))
    return connection.scalar(query) or 0


def advance(connection: Connection, name: str, reached: int) -> None:
    """Move a checkpoint forward; what another process reached further stays.

    Whoever advances holds a lease, so two do not insert the first row at once.
    """
    if _ADVANCE.run(connection, {"reaction": name, "reached": reached}):
        return
    there = _checkpoints.c.name == name
    if connection.scalar(select(_checkpoints.c.name).where(there)) is None:
        connection.execute(insert(_checkpoints).values(name=name, position=reached))


@dataclass(slots=True)
class Checkpoint:
    """A checkpoint of whoever finds nothing to do in most of the log, and stores it now and then.

    To store it each time would cost a transaction with every delivery.
    """

    name: str
    _stored: int = 0
    _passed: int = 0

    @property
    def reached(self) -> int:
        """Up to where this process looked, as far as it knows."""
        return max(self._stored, self._passed)

    def position(self, connection: Connection) -> int:
        """Return up to where was looked, by this process or by one before it."""
        self._stored = position(connection, self.name)
        return self.reached

    def passes(self, reached: int) -> bool:
        """Note that nothing was found up to a position; False: it is worth a write by now."""
        if reached - self._stored >= _WORTH_A_WRITE:
            return False
        self._passed = reached
        return True

    def advanced(self, reached: int) -> None:
        """Note that a position was stored."""
        self._stored = max(self._stored, reached)

    def forget(self) -> None:
        """Forget what nobody stored: it is to be looked at again."""
        self._passed = 0
