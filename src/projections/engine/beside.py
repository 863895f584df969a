"""A store in which projections write to tables of another generation than the one that is read."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from sqlalchemy import Connection, Table, event

from events.statement import RENAMED
from events.store import Result, Store, Work
from events.table import table_of
from projections.engine.builds import BuildRow
from projections.engine.checkpoints import CheckpointRow
from projections.engine.generations import beside
from projections.engine.parked import ParkedEventRow

_KEPT = 500  # statements; a projection has some ten


class Beside:
    """Does what another store does, to the tables of a generation instead of those of that name.

    So the folds are the same, whatever is built: each statement is compiled as ever, and names
    are changed in its text. Checkpoints are those of builds.
    """

    def __init__(self, store: Store, tables: Iterable[Table], generation: int) -> None:
        parked = table_of(ParkedEventRow)
        names = {table.name: beside(table, generation) for table in (*tables, parked)}
        names[table_of(CheckpointRow).name] = table_of(BuildRow).name
        self._store = store
        self._renamed = lru_cache(_KEPT)(_renaming(names))

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._store.dialect

    async def append(self, work: Work[Result]) -> Result:
        """Append, where the log is."""
        return await self._store.append(work)

    async def write(self, work: Work[Result]) -> Result:
        """Run a write on the generation's tables."""
        return await self._store.write(self._redirected(work))

    async def read(self, work: Work[Result]) -> Result:
        """Run reads of the generation's tables."""
        return await self._store.read(self._redirected(work))

    def _redirected(self, work: Work[Result]) -> Work[Result]:
        def rename(
            _connection: Connection, _cursor: object, text: str, parameters: object, *_more: object
        ) -> tuple[str, object]:
            return self._renamed(text), parameters

        def run(connection: Connection) -> Result:
            # The connection is lent for this transaction, and others have it after us.
            event.listen(connection, "before_cursor_execute", rename, retval=True)
            connection.info[RENAMED] = self._renamed
            try:
                return work(connection)
            finally:
                del connection.info[RENAMED]
                event.remove(connection, "before_cursor_execute", rename)

        return run


def _renaming(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return what changes table names in a statement: whole words that follow no dot or colon."""
    words = re.compile(rf"(?<![\w.:$@'])({'|'.join(map(re.escape, names))})(?!\w)")
    return lambda statement: words.sub(lambda found: names[found[1]], statement)
