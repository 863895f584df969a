"""``demo``: see the whole loop turn, without an account anywhere."""

import asyncio
import sys
from functools import partial
from typing import Annotated

import typer
import uvloop
from rich.text import Text

from runtime import signals
from runtime.cli.output import Json, console, errors, print_json
from runtime.demo.planning import Wish
from runtime.demo.running import Say, demonstrate
from runtime.demo.telling import Summary
from runtime.logs import configure_logs


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)


def demo(  # noqa: PLR0913 (each is an option of the command)
    issues: Annotated[int, typer.Option(min=1, max=60, help="How many issues are queued.")] = 6,
    speed: Annotated[
        float, typer.Option(min=1, max=3600, help="Seconds of GitHub's time in one of ours.")
    ] = 300.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port.")] = 0,
    limit: Annotated[
        float, typer.Option(min=1, help="Seconds after which --until-done gives up.")
    ] = 600.0,
    *,
    until_done: Annotated[
        bool, typer.Option("--until-done", help="End when every issue is done.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the loop on a simulated GitHub, with a temporary database; Ctrl-C ends it.

    With --until-done it ends by itself: with 0 when every issue was solved or, as its script
    wants, handed to a person; else with 1. Then it sums up what was done.
    """
    configure_logs("error", "auto")
    signals.stop_on_hangup()
    say: Say = partial((errors if as_json else console).print, soft_wrap=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        wish = Wish(issues, speed, seed, port)
        summary = runner.run(_until_stopped(wish, say, limit, until_done))
    if summary is None:
        return
    if as_json:
        print_json(summary.as_json())
    else:
        say(_summed_up(summary))
    sys.exit(0 if summary.finished else 1)


async def _until_stopped(
    wish: Wish,
    say: Say,
    limit: float,
    until_done: bool,  # noqa: FBT001 (an option, handed through)
) -> Summary | None:
    """Run it until it ends by itself, or until a stop signal; None then."""
    work = asyncio.ensure_future(demonstrate(wish, until_done=until_done, seconds=limit, say=say))
    loop = asyncio.get_running_loop()
    for number in signals.STOP:
        loop.add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        say("stopped; nothing of it is kept")
        return None


def _summed_up(summary: Summary) -> Text:
    """Return the summary in a few lines."""
    stages = ", ".join(f"{count} {stage}" for stage, count in summary.stages.items())
    actions = ", ".join(f"{count} {kind}" for kind, count in summary.actions.items())
    steps = ", ".join(f"{count} {step}" for step, count in summary.steps.items())
    issues = "1 issue" if summary.issues == 1 else f"{summary.issues} issues"
    ended = "all came to their end" if summary.finished else "time ran out"
    return Text(
        f"\n{issues}, {ended} in {summary.wall_seconds} s: {stages}\n"
        f"done on GitHub: {actions}\n"
        f"cost: {summary.sessions} sessions of Copilot's, {summary.rounds} of them to go on; "
        f"{summary.minutes or 0} minutes\n"
        f"by people: {summary.steps_by_people} steps ({steps}), "
        f"at most {summary.most_steps_for_one_issue} for one issue; "
        f"saved them: {summary.steps_saved}"
    )
