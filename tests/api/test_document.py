"""The OpenAPI document: valid, whole, and kept by what is answered."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok

from bottletrack.vocabulary import Role
from tests.api.conftest import Caller, wash_a_lot

Callers = Callable[..., Caller]

#: Those that answer in their own way to what the document does not tell.
UNDOCUMENTED = {"api.wrong_method", "api.nothing_here"}
one_database = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


@one_database
def test_the_document_is_valid_openapi(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    OpenAPIV31SpecValidator(document).validate()


@one_database
def test_every_route_is_in_the_document_and_nothing_else(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    served = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in UNDOCUMENTED
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == served
    names = [way["operationId"] for methods in document["paths"].values() for way in methods.values()]
    assert len(names) == len(set(names))


@one_database
def test_every_verb_says_what_it_may_refuse(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    answers = document["paths"]["/api/v1/holds"]["post"]["responses"]
    assert set(answers) == {"200", "201", "400", "401", "403", "404", "409", "413", "415", "422", "503"}
    assert "`stopped`" in answers["409"]["description"]


#: No fault of ours, and no answer that the document does not tell.
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


def call_as_the_document_tells(app: Flask, everyone: Caller, mode: GenerationMode, examples: int) -> None:
    """Calls every endpoint with input that fits the document (or, in the negative mode, that does not)."""
    app.testing = False  # a fault of ours becomes a 500, as it would for a stranger
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    called = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path == "/api/v1/tokens/current" or (
            mode is GenerationMode.NEGATIVE and not takes_input(operation)
        ):
            continue

        @settings(max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
        @given(case=operation.as_strategy(mode))
        def call(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=everyone.headers, checks=CHECKS)

        call()
        called += 1
    assert called > 30


def takes_input(operation: schemathesis.APIOperation[Any, Any, Any, Any]) -> bool:
    return bool(operation.body) or bool(operation.query)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_is_answered_as_the_document_tells(app: Flask, caller: Callers, mode: GenerationMode) -> None:
    everyone = caller(*(set(Role) - {Role.WINEMAKER}))
    wash_a_lot(everyone, caller(Role.QUALITY))
    call_as_the_document_tells(app, everyone, mode, examples=5)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_at_length_is_answered_as_the_document_tells(
    app: Flask, caller: Callers, mode: GenerationMode
) -> None:
    everyone = caller(*(set(Role) - {Role.WINEMAKER}))
    wash_a_lot(everyone, caller(Role.QUALITY))
    call_as_the_document_tells(app, everyone, mode, examples=100)
