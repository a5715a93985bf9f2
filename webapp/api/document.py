"""The OpenAPI 3.1 document, written once from the endpoints' own declarations."""

import json
import re
from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Response
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from bottletrack.errors import Refusal
from webapp.api.endpoints import ENDPOINTS, PREFIX, Endpoint, declare, json_response
from webapp.problems import MEDIA_TYPE, PROBLEM
from webapp.refusals import STATUS
from webapp.shapes import Shape

_REFERENCE = "#/components/schemas/{model}"
_OUTCOMES = {200: "What was asked for.", 201: "Recorded.", 204: "Done."}
_AGAIN = "Recorded before: the same scan was sent again, and gets the same answer."
#: What the framework may answer besides the plant's own refusals, and to which endpoints.
_FRAMEWORK = {401: "No valid key.", 503: "Busy: send the same again in a few seconds."}
_OF_BODIES = {
    400: "The body is not JSON.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "A field does not fit.",
}


def show_document() -> Response:
    """This document."""
    return json_response(_document())


@cache
def _document() -> bytes:
    schemas, definitions = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        path = PREFIX + re.sub(r"<(\w+)>", r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "bottletrack",
            "version": version("bottletrack"),
            "description": "Double-entry tracking of reused glass bottles: the plant's verbs, and its reports.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


Schemas = dict[tuple[int, JsonSchemaMode], dict[str, Any]]


def _schemas() -> tuple[Schemas, dict[str, Any]]:
    """The schema of every shape by its id and direction, and the definitions that they share."""
    wanted: dict[tuple[int, JsonSchemaMode], TypeAdapter[Any]] = {(id(PROBLEM), "serialization"): PROBLEM.adapter}
    for endpoint in ENDPOINTS:
        for shape in (endpoint.body, endpoint.query):
            if shape is not None:
                wanted[id(shape), "validation"] = shape.adapter
        for output in endpoint.outputs.values():
            if output is not None:
                wanted[id(output), "serialization"] = output.adapter
    inputs = [(key, mode, adapter) for (key, mode), adapter in wanted.items()]
    by_key, shared = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE)
    definitions = shared["$defs"]
    schemas: Schemas = {key: dict(schema) for key, schema in by_key.items()}
    for endpoint in ENDPOINTS:
        if endpoint.query is not None:
            # A query's parameters stand one by one in the document, so what holds them together is not needed.
            name = schemas[id(endpoint.query), "validation"]["$ref"].rpartition("/")[2]
            schemas[id(endpoint.query), "validation"] = definitions.pop(name)
    return schemas, definitions


def _operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.name.replace("_", " ").capitalize(),
        "description": endpoint.about,
        "parameters": _parameters(endpoint, schemas),
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.permissions:
        operation["description"] += f"\n\nNeeds: {' or '.join(endpoint.permissions)}."
    if endpoint.anyone:
        operation["security"] = []
    if endpoint.body is not None:
        content = {"application/json": {"schema": schemas[id(endpoint.body), "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(endpoint: Endpoint, schemas: Schemas) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in endpoint.path_names
    ]
    if endpoint.query is not None:
        schema = schemas[id(endpoint.query), "validation"]
        parameters += [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": _without_null(of)}
            for name, of in schema["properties"].items()
        ]
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query says nothing by leaving a parameter out; there is no null in it."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else schema


def _responses(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, output in endpoint.outputs.items():
        again = status == 200 and 201 in endpoint.outputs
        response: dict[str, Any] = {"description": _AGAIN if again else _OUTCOMES[status]}
        if output is not None:
            response["content"] = {"application/json": {"schema": schemas[id(output), "serialization"]}}
        responses[str(status)] = response
    problem = {MEDIA_TYPE: {"schema": schemas[id(PROBLEM), "serialization"]}}
    for status, told in _problems(endpoint).items():
        responses[str(status)] = {"description": told, "content": problem}
    return responses


def _problems(endpoint: Endpoint) -> dict[int, str]:
    """What may be refused here: status and words, the plant's refusals with the code they are told apart by."""
    statuses = (503, *endpoint.statuses) if endpoint.anyone else _FRAMEWORK
    told = {status: _FRAMEWORK[status] for status in statuses}
    if endpoint.body is not None:
        told |= _OF_BODIES
    refused: dict[int, list[type[Refusal]]] = {}
    for kind in endpoint.refusals:
        refused.setdefault(STATUS[kind], []).append(kind)
    for status, kinds in refused.items():
        told[status] = " ".join(f"`{kind.code}`: {(kind.__doc__ or '').splitlines()[0]}" for kind in kinds)
    return dict(sorted(told.items()))


declare(
    Endpoint(
        name="show_document",
        method="GET",
        path="/openapi.json",
        about=show_document.__doc__ or "",
        anyone=True,
        outputs={200: Shape(dict[str, Any])},
    ),
    show_document,
)
