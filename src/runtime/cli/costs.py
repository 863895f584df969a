"""``costs``: what the work cost in a month, by repository or by issue, for a person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

import typer
from rich.text import Text

from runtime.cli.output import Json, console, line_of, print_json
from runtime.cli.reaching import REPOSITORY, Asking, AsOf, Url

_FIGURES = ("sessions", "assignments", "rounds", "reruns", "minutes")
_UNTOLD = "-"  # of minutes, where GitHub told of none
_MONTH = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])")
_AT_ONCE = 200

_Told: TypeAlias = Mapping[str, Any]  # as the API answers it
_Row: TypeAlias = tuple[str, ...]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(costs)


def _repository(name: str | None) -> str | None:
    if name is not None and not re.fullmatch(REPOSITORY, name):
        raise typer.BadParameter(f"{name!r} is no repository; write OWNER/NAME")
    return name


def _month(name: str | None) -> str | None:
    if name is not None and not _MONTH.fullmatch(name):
        raise typer.BadParameter(f"{name!r} is no month; write YYYY-MM")
    return name


def costs(
    repository: Annotated[
        str | None,
        typer.Argument(help="By issue of this one: OWNER/NAME.", callback=_repository),
    ] = None,
    month: Annotated[
        str | None,
        typer.Option(help="YYYY-MM, of UTC; the present one if not told.", callback=_month),
    ] = None,
    as_of: AsOf = None,
    url: Url = None,
    *,
    json: Json = False,
) -> None:
    """Say what was had done in a month, by repository or by issue, and what is allowed of it."""
    asking = Asking(url)
    of_one = f"/repositories/{asking.id_of(repository)}" if repository is not None else ""
    found = _whole(asking, f"/api{of_one}/costs", limit=_AT_ONCE, month=month, as_of=as_of)
    if json:
        print_json(found)
        return
    for line in _lines(found, repository):
        console.print(line, soft_wrap=True)


def _whole(asking: Asking, path: str, **parameters: str | int | None) -> dict[str, Any]:
    """Return a list with what stands on its further pages, as one."""
    found = asking.get(path, **parameters)
    while found["next"] is not None:
        more = asking.get(found["next"])
        found |= {"items": [*found["items"], *more["items"]], "next": more["next"]}
    return found


def _lines(found: _Told, repository: str | None) -> Iterator[Text]:
    of = f" of {repository}" if repository is not None else ""
    yield line_of((f"Costs{of} in {found['month']}", "bold"), f", which ends {found['until']}")
    yield Text()
    if not found["items"]:
        yield line_of("nothing was had done")
        return
    head = ("repository" if repository is None else "issue", *_FIGURES)
    rows = [_row(_name(each), each["costs"]) for each in found["items"]]
    rows.append(_row("altogether", found["totals"]))
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    yield line_of((_aligned(head, widths), "dim"))
    for row in rows:
        yield line_of(_aligned(row, widths))
    yield from _allowed(found)


def _name(item: _Told) -> str:
    """Return of what an item is; titles are others' words, and not needed to tell them apart."""
    if "repository" in item:
        return str(item["repository"]["full_name"] or item["repository"]["id"])
    return f"#{item['issue']['number']}"


def _row(name: str, told: _Told) -> _Row:
    figures = (told[each] for each in _FIGURES)
    return (name, *(_UNTOLD if figure is None else str(figure) for figure in figures))


def _aligned(row: _Row, widths: Sequence[int]) -> str:
    """Put the name to the left of its column, and figures to the right of theirs."""
    name, *figures = row
    first, *others = widths
    return "  ".join((name.ljust(first), *map(str.rjust, figures, others)))


def _allowed(found: _Told) -> Iterator[Text]:
    """Say how much of each ceiling is used, till when, and who may raise it."""
    whole = [
        ("", found["totals"]),
        *((f"{_name(each)}: ", each["costs"]) for each in found["items"]),
    ]
    every = [(of, ceiling) for of, told in whole for ceiling in told.get("ceilings", ())]
    if every:
        yield Text()
    for of, ceiling in every:
        spent = ceiling["used"] >= ceiling["ceiling"]
        used = f"{ceiling['used']} of {ceiling['ceiling']} of {ceiling['key']}"
        yield line_of(
            of,
            (f"{used}{', used up' if spent else ''}", "bold red" if spent else ""),
            (f", until {ceiling['until']}; may be raised by {ceiling['raised_by']}", "dim"),
        )
