"""What an event of ours says for people: what was done, to what, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from events.catalogue import (
    ActingUserSet,
    ActingUserUnset,
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionRequested,
    ActionSucceeded,
    AppIdentified,
    DeliveriesRefused,
    InstallationAccepted,
    InstallationAnswered,
    Json,
    LanePaused,
    LaneResumed,
    ModeSet,
    OperatorCommand,
    OwnEvent,
    PolicyChanged,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
    ServiceStarted,
    ServiceStopped,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.catalogue.people import (
    AdministratorNamed,
    ConsentGiven,
    ConsentLost,
    ConsentRefreshed,
    ConsentsOrdered,
    ConsentTakenBack,
    SettingChanged,
    SetupBegun,
    SignedIn,
    SignedOut,
    SignInsRefused,
    TokenFirstUsed,
    TokenMade,
    TokenRevoked,
)
from events.github.agents import COPILOT, agent_named

_MOST_NAMED = 5
# What is done by each kind of action: to be done, and done; whoever the agent is.
_VERBS: dict[ActionKind, tuple[str, str]] = {
    "assign": ("assign {agent} to", "assigned {agent} to"),
    "ask_to_fix_ci": (
        "ask {agent} to mend the checks of",
        "asked {agent} to mend the checks of",
    ),
    "ask_to_address_review": (
        "ask {agent} to address the review of",
        "asked {agent} to address the review of",
    ),
    "ask_to_resolve_conflicts": (
        "ask {agent} to resolve the conflicts of",
        "asked {agent} to resolve the conflicts of",
    ),
    "mark_ready": ("mark ready the pull request of", "marked ready the pull request of"),
    "request_copilot_review": (
        "ask Copilot to review the pull request of",
        "asked Copilot to review the pull request of",
    ),
    "set_label": ("set the label of", "set the label of"),
    "merge": ("merge the pull request of", "merged the pull request of"),
    "rerun_failed_jobs": (
        "run the failed jobs again of",
        "ran the failed jobs again of",
    ),
    "enable_agent_merge": ("switch Agent Merge on for", "switched Agent Merge on for"),
    "disable_agent_merge": ("switch Agent Merge off for", "switched Agent Merge off for"),
    "hand_to_person": ("hand to a person", "handed to a person"),
}
_UNKNOWN_KIND = ("do something for", "did something for")


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, before the name of what it was done to, and why.

    ``to`` is given where the envelope does not say it; empty: to nothing that has a name.
    """

    did: str
    why: str | None = None
    to: str | None = None


class About(NamedTuple):
    """The action that an outcome is of: its kind, and what the agent is called if not Copilot."""

    kind: ActionKind
    agent: str | None = None


def deed_of(content: OwnEvent, about: About | None = None) -> Deed:
    """Say what an event of ours tells; ``about`` is the action that it is an outcome of."""
    found = (
        _commanded(content)
        or _of_action(content, about)
        or _of_server(content)
        or _of_people(content)
    )
    return found or Deed(f"recorded {content.type}.{content.action} of")


def _commanded(content: OwnEvent) -> Deed | None:
    if not isinstance(content, OperatorCommand):
        return None
    return Deed(_command(content), content.reason or None)


def _command(content: OperatorCommand) -> str:  # noqa: PLR0911 (one for each event)
    match content:
        case LanePaused() | ScopePaused():
            return "paused"
        case LaneResumed() | ScopeResumed():
            return "resumed"
        case ModeSet(mode=mode):
            return f"set the mode {mode} of" if mode else "left the mode to the policy of"
        case QueueReordered(order=order):
            first = _listed(f"#{number}" for number in order)
            return (
                f"put {first} first in the queue of" if order else "left the order to the policy of"
            )
        case InstallationAccepted(installation_id=whose):
            return f"said that installation {whose} has" if whose else "said that no App has"
        case WorkflowLinked(pull_request_number=pull, works=works):
            return f"said that #{pull} {'works' if works else 'does not work'} on"
        case _:
            return _OF_WORKFLOWS.get(type(content), f"commanded {content.type}.{content.action} of")


_OF_WORKFLOWS: dict[type[OperatorCommand], str] = {
    WorkflowEnqueued: "enqueued",
    WorkflowSkipped: "skipped",
    WorkflowRetried: "began afresh with",
    WorkflowTakenOver: "took over",
    WorkflowReleased: "gave back",
}


def agent_in(parameters: Mapping[str, Json]) -> str | None:
    """Return what the agent is called that an action is about; None: Copilot, or nobody."""
    name = parameters.get("agent")
    return name if isinstance(name, str) else None


def _verbs(about: About | None) -> tuple[str, str]:
    if about is None:
        return _UNKNOWN_KIND
    agent = agent_named(about.agent) if about.agent else COPILOT
    title = agent.title if agent is not None else about.agent
    to_do, done = _VERBS[about.kind]
    return to_do.format(agent=title), done.format(agent=title)


def _of_action(content: OwnEvent, about: About | None) -> Deed | None:
    if isinstance(content, ActionRequested):
        to_do, _ = _verbs(About(content.kind, agent_in(content.parameters)))
        intends = "decided to" if content.mode == "live" else "would, were it not shadow mode,"
        return Deed(f"{intends} {to_do}", content.reason)
    to_do, done = _verbs(about)
    match content:
        case ActionSucceeded():
            return Deed(done)
        case ActionFailed(error=error):
            return Deed(f"could not {to_do}", error)
        case ActionCancelled(why=why):
            return Deed(f"did not {to_do}", why)
    return None


def _of_server(content: OwnEvent) -> Deed | None:  # noqa: PLR0911 (one for each event)
    match content:
        case PolicyChanged(origin=origin, layer=layer, problems=problems):
            to = "the server" if layer == "server" else None
            if problems:
                return Deed("kept the old policy of", f"{origin} does not fit", to)
            return Deed("took over the policy of", origin, to)
        case ActingUserSet(login=login):
            return Deed(f"made @{login} the acting user of")
        case ActingUserUnset():
            return Deed("removed the acting user of")
        case AppIdentified(login=login):
            return Deed(f"learnt that the App writes as @{login}", to="")
        case InstallationAnswered(installation_id=whose):
            through = f"installation {whose} has" if whose else "no installation has"
            return Deed(f"learnt from GitHub that {through}")
        case ServiceStarted(version=version, role=role):
            return Deed(f"started version {version} as {role}", to="")
        case ServiceStopped():
            return Deed("stopped", to="")
        case DeliveriesRefused(count=count, code=code):
            return Deed(f"refused {count} deliveries", code, "")
    return None


def _of_people(content: OwnEvent) -> Deed | None:
    return _of_doors(content) or _of_tokens(content) or _of_consents(content)


def _of_doors(content: OwnEvent) -> Deed | None:  # noqa: PLR0911 (one for each event)
    match content:
        case SignedIn(kind=kind):
            how = "" if kind == "person" else " with the admin token"
            return Deed(f"signed in{how}", to="")
        case SignedOut(because=because, sessions=ended):
            number = "a session" if len(ended) == 1 else f"{len(ended)} sessions"
            return Deed(f"ended {number}", because.replace("_", " "), "")
        case SignInsRefused(count=count, code=code):
            return Deed(f"refused {count} sign-ins", code, "")
        case SetupBegun():
            return Deed("began to set up", to="the server")
        case AdministratorNamed(login=login, by=by):
            return Deed(f"made @{login} an administrator of", f"by {by}", "the server")
        case SettingChanged(name=name):
            return Deed(f"changed the setting {name} of", to="the server")
    return None


def _of_tokens(content: OwnEvent) -> Deed | None:
    match content:
        case TokenMade(name=name, role=role, repositories=only):
            where = "all of their repositories" if only is None else f"{len(only)} repositories"
            return Deed(f"made the API token {name} ({role}) for", to=where)
        case TokenFirstUsed(token=token):
            return Deed("used for the first time", to=f"API token {token}")
        case TokenRevoked(token=token, because=because):
            return Deed("revoked", because.replace("_", " "), f"API token {token}")
    return None


def _of_consents(content: OwnEvent) -> Deed | None:
    match content:
        case ConsentGiven(login=login):
            return Deed(f"let the service act as @{login} in")
        case ConsentTakenBack(login=login):
            return Deed(f"no longer lets the service act as @{login} in")
        case ConsentLost(login=login, because=because):
            return Deed(f"can no longer act as @{login} in", because)
        case ConsentRefreshed(login=login):
            return Deed(f"renewed the tokens of @{login} for")
        case ConsentsOrdered(user_ids=order):
            return Deed(f"ordered the {len(order)} acting users of")
    return None


def _listed(names: Iterable[str]) -> str:
    every = [*names]
    more = len(every) - _MOST_NAMED
    text = ", ".join(every[:_MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text
