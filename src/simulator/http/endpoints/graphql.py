"""The GraphQL API, whose errors come with the status 200."""

from simulator.graphql.execution import Faulty, select
from simulator.graphql.language import SyntaxFault, read_document
from simulator.graphql.schema import mutation_root, query_root
from simulator.http.answer import Answer
from simulator.http.call import Call
from simulator.payloads import Payload
from simulator.state.refusals import NotFound, Refused


def post_graphql(call: Call) -> Answer:
    """Answer a query or do a mutation."""
    variables = call.body.get("variables") or {}
    try:
        kind, selections = read_document(call.text("query"), variables)
        root = mutation_root(call) if kind == "mutation" else query_root(call)
        return Answer({"data": select(root, selections)})
    except SyntaxFault as fault:
        return _errors(str(fault), {})
    except Faulty as fault:
        return _errors(fault.message, {"type": fault.kind})
    except KeyError as missing:
        return _errors(f"Argument {missing} is required", {"type": "missingRequiredArguments"})
    except NotFound as refused:
        return _errors(f"Could not resolve: {refused.message}", {"type": "NOT_FOUND"})
    except Refused as refused:
        return _errors(refused.message, {"type": "UNPROCESSABLE"})


def _errors(message: str, kind: Payload) -> Answer:
    return Answer({"data": None, "errors": [{**kind, "message": message}]})
