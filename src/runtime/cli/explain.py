"""``explain``: why a workflow is where it is, for a person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

import typer
from rich.text import Text

from runtime.cli.output import Json, console, line_of, print_json
from runtime.cli.reaching import REPOSITORY, Asking, AsOf, Url

_WHICH = re.compile(rf"{REPOSITORY}#[1-9][0-9]{{0,17}}")

_Told: TypeAlias = Mapping[str, Any]  # as the API answers it


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(explain)


def _which(text: str) -> str:
    if not _WHICH.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no issue; write OWNER/NAME#NUMBER")
    return text


def explain(
    issue: Annotated[str, typer.Argument(help="Which issue: OWNER/NAME#NUMBER.", callback=_which)],
    as_of: AsOf = None,
    url: Url = None,
    *,
    json: Json = False,
) -> None:
    """Say why an issue's workflow is where it is, and what it waits for."""
    repository, _, number = issue.rpartition("#")
    asking = Asking(url)
    path = f"/api/repositories/{asking.id_of(repository)}/workflows/{number}/explain"
    found = asking.get(path, as_of=as_of)
    if json:
        print_json(found)
        return
    for line in _lines(issue, found):
        console.print(line, soft_wrap=True)


def _lines(issue: str, found: _Told) -> Iterator[Text]:
    workflow = found["workflow"]
    yield line_of((issue, "bold"), f" {workflow['issue']['title'] or ''}".rstrip())
    yield line_of((workflow["stage"], "bold"), f": {workflow['reason']}")
    for wait in workflow["waiting_for"]:
        yield line_of(f"waits for {wait['kind']}: {wait['what']}")
    for note in workflow["notes"]:
        yield line_of(f"note: {note}")
    since = f"since {workflow['since']} (event {workflow['since_position']})"
    yield line_of((f"{since}, as of event {found['position']}", "dim"))
    yield from _section("Why", list(_rules(found["rules"])))
    yield from _section("Decisions", [*map(_decision, found["decisions"])])
    yield from _section("What led there", [*map(_step, found["chain"])])


def _section(heading: str, lines: Sequence[Text]) -> Iterator[Text]:
    if lines:
        yield Text()
        yield line_of((heading, "bold"))
        yield from lines


def _rules(rules: Sequence[_Told]) -> Iterator[Text]:
    """Say of each rule that was asked whether it held; of those below, only how many there are."""
    for rule in rules:
        if rule["held"]:
            yield line_of("  ", ("yes", "bold green"), f"  {rule['rule']}: {rule['summary']}")
            yield from (_fact(fact) for fact in rule["facts"])
        elif rule["held"] is False:
            yield line_of("  ", ("no", "dim"), f"   {rule['rule']}: not so: {rule['lacks']}")
            yield from (_fact(fact) for fact in rule["facts"] if fact["decides"])
    if rest := sum(rule["held"] is None for rule in rules):
        yield line_of((f"  and {rest} that were not asked, since one above them held", "dim"))


def _fact(fact: _Told) -> Text:
    place = "" if fact["position"] is None else f"  (event {fact['position']}, {fact['at']})"
    return line_of(f"         {fact['name']}: {fact['value']}", (place, "dim"))


def _decision(decision: _Told) -> Text:
    taken = ("yes", "bold green") if decision["taken"] else ("no", "dim")
    values = [f"{each['key']} {each['value']} ({each['origin']})" for each in decision["policy"]]
    by = f"  [{', '.join(values)}]" if values else ""
    kind = decision["kind"].replace("_", " ")
    action = decision["action"]
    done = f" (event {action['position']}, {action['state']})" if action else ""
    pad = "" if decision["taken"] else " "
    return line_of("  ", taken, f"{pad}  {kind}: {decision['why']}{done}", (by, "dim"))


def _step(step: _Told) -> Text:
    cause = step["caused_by"]
    by = f"  (by {cause})" if cause is not None and cause != step["position"] else ""
    place = (f"  {step['position']:>8}  {step['at']}  ", "dim")
    return line_of(place, f"{step['kind']:<9} {step['sentence']}", (by, "dim"))
