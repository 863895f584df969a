"""What the measurements stand on: fresh databases, kept for as long as they are needed."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

from tests.databases import PostgresTemplate, SqliteTemplate
from tests.postgres import running_postgres

DIALECTS = SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass
class Ground:
    """Makes databases when they are first asked for, PostgreSQL flushing as in production.

    ``quick``: only see that it runs. ``lengths``: events of the logs that a year is measured at.
    """

    quick: bool = False
    lengths: tuple[int, ...] = (10_000, 100_000)
    dialects: tuple[str, ...] = DIALECTS
    _stack: ExitStack = field(default_factory=ExitStack)
    _templates: dict[str, SqliteTemplate | PostgresTemplate] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(TemporaryDirectory()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @contextmanager
    def database(self, dialect: str, history: Path | None = None) -> Iterator[str]:
        """Give the URL of a fresh migrated database, for the block.

        Of SQLite, it is a copy of a history if there is one.
        """
        template = self._template(dialect)
        url = template.clone(self._folder)
        file = Path(make_url(url).database or "")
        if history is not None and dialect == SQLITE:
            shutil.copyfile(history, file)
        try:
            yield url
        finally:
            if isinstance(template, PostgresTemplate):
                template.drop(url)
            else:
                for each in self._folder.glob(f"{file.name}*"):
                    each.unlink()

    def _template(self, dialect: str) -> SqliteTemplate | PostgresTemplate:
        if dialect not in self._templates:
            self._templates[dialect] = (
                SqliteTemplate(self._folder)
                if dialect == SQLITE
                else PostgresTemplate(self._stack.enter_context(running_postgres(durable=True)))
            )
        return self._templates[dialect]
