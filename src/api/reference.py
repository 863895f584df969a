"""The reference of the API as a page, written from the OpenAPI document, without any script.

What renders such documents in a browser is some 1.5 MB of others' scripts that want styles of their
own inside the page: our policy for pages would have to allow both, on the origin of the cookie.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from http import HTTPStatus
from typing import Any, TypeAlias

import orjson

from api.headers import content_policy

Node: TypeAlias = Mapping[str, Any]

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
nav { columns: 3 12rem; margin: 1.5rem 0 }
nav a { display: block }
h2 { margin-top: 3rem; border-bottom: 1px solid #8886 }
details { border: 1px solid #8886; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer }
summary b { display: inline-block; min-width: 4.5rem }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0 }
th { font-weight: 600; border-bottom: 1px solid #8886 }
td:first-child { white-space: nowrap }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = content_policy(styles=[f"'sha256-{_STYLE_HASH}'"])
_CODE = re.compile(r"`([^`\n]+)`")


def reference(document: Node) -> str:
    """Write the page: operations by tag, then the shapes that they take and give."""
    info = document["info"]
    schemas = document.get("components", {}).get("schemas", {})
    return "".join(
        (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{_text(info['title'])}: API</title><style>{_STYLE}</style></head><body>",
            f"<header><h1>{_text(info['title'])} {_text(info['version'])}</h1>",
            f"<p>{_prose(info.get('summary', ''))}</p>",
            '<p>For programs: <a href="/openapi.json"><code>/openapi.json</code></a>.</p></header>',
            "<nav>",
            *(
                f'<a href="#{_text(tag["name"])}">{_text(tag["name"])}</a>'
                for tag in _tags(document)
            ),
            '<a href="#shapes">shapes</a></nav><main>',
            *(_section(document, tag) for tag in _tags(document)),
            '<h2 id="shapes">Shapes</h2>',
            *(_shape(name, schema) for name, schema in sorted(schemas.items())),
            "</main></body></html>\n",
        )
    )


def _tags(document: Node) -> list[Node]:
    return list(document.get("tags", []))


def _section(document: Node, tag: Node) -> str:
    name = tag["name"]
    found = [
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if name in operation.get("tags", [])
    ]
    title = f'<h2 id="{_text(name)}">{_text(name)}</h2><p>{_prose(tag["description"])}</p>'
    return title + "".join(found)


def _operation(method: str, path: str, operation: Node) -> str:
    place = _text(operation["operationId"])
    return "".join(
        (
            f'<details id="{place}"><summary><b>{_text(method.upper())}</b> ',
            f"<code>{_text(path)}</code> {_prose(operation['summary'])}</summary>",
            f"<p>{_prose(operation.get('description', ''))}</p>",
            _table("Parameter", _parameters(operation)),
            _table("Body", _content(operation.get("requestBody", {}))),
            _table("Answer", _answers(operation)),
            "</details>",
        )
    )


def _parameters(operation: Node) -> Iterator[tuple[str, str, str]]:
    for each in operation.get("parameters", []):
        needed = "" if each.get("required") else ", optional"
        name = f"<code>{_text(each['name'])}</code> ({_text(each['in'])}{needed})"
        yield name, _kind(each["schema"]), _prose(each.get("description", ""))


def _content(body: Node) -> Iterator[tuple[str, str, str]]:
    for media_type, content in body.get("content", {}).items():
        yield f"<code>{_text(media_type)}</code>", _kind(content.get("schema", {})), ""


def _answers(operation: Node) -> Iterator[tuple[str, str, str]]:
    for status, answer in operation["responses"].items():
        kinds = [_kind(content.get("schema", {})) for content in answer.get("content", {}).values()]
        phrase = HTTPStatus(int(status)).phrase
        yield f"{_text(status)} {_text(phrase)}", " or ".join(kinds), _prose(answer["description"])


def _shape(name: str, schema: Node) -> str:
    rows = [
        (f"<code>{_text(each)}</code>", _kind(content), _prose(content.get("description", "")))
        for each, content in schema.get("properties", {}).items()
    ]
    return "".join(
        (
            f'<details id="shape-{_text(name)}"><summary><code>{_text(name)}</code></summary>',
            f"<p>{_prose(schema.get('description', ''))}</p>",
            _table("Field", rows) if rows else f"<p>{_kind(schema)}</p>",
            "</details>",
        )
    )


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in rows)
    if not lines:
        return ""
    return f"<table><tr><th>{title}</th><th>Shape</th><th></th></tr>{lines}</table>"


def _kind(schema: Node) -> str:
    """Say in a word or two what fits: a type, a choice of values, or a shape of its own."""
    if "$ref" in schema:
        name = _text(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#shape-{name}"><code>{name}</code></a>'
    if options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(_kind(each) for each in options)
    if "const" in schema or "enum" in schema:
        return ", ".join(_value(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    kind = _text(str(schema.get("format") or schema.get("type") or "anything"))
    default = schema.get("default")
    return f"{kind}, {_value(default)} if left out" if default is not None else kind


def _value(content: object) -> str:
    return f"<code>{_text(orjson.dumps(content).decode())}</code>"


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    return escape(str(text))
