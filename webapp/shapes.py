"""What goes in and comes out as JSON: read strictly, by readers that are made once when the program starts."""

from typing import Annotated, Any, Generic, NoReturn, TypeVar

from flask import request
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from bottletrack.errors import BadInput
from webapp.languages import N_

Shaped = TypeVar("Shaped")

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT_CHARACTERS = 2000
#: A code that people scan or type, in a path or a query.
Code = Annotated[str, Field(min_length=1, max_length=40)]

#: `@read_as(BODY)` on a body's dataclass holds for those inside it too. A field that we do not know is refused: a
#: misspelt one would be lost in silence.
BODY = ConfigDict(extra="forbid", strict=True, str_max_length=MAX_TEXT_CHARACTERS)
#: A query has nothing but text, so numbers and words are read out of it.
QUERY = ConfigDict(extra="forbid", str_max_length=MAX_TEXT_CHARACTERS)
read_as = with_config


class BadFields(BadInput):
    """Fields of the request that do not fit its description. `faults`: (field, what is wrong with it), in English."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__(
            N_("The request does not fit its description."),
            N_("Compare it with the document at /api/v1/openapi.json, field by field."),
            field=faults[0][0] or None,
        )
        self.faults = faults


class Shape(Generic[Shaped]):
    """A dataclass as JSON. Reading raises BadFields, BadRequest, UnsupportedMediaType."""

    def __init__(self, of: Any) -> None:
        self.adapter: TypeAdapter[Shaped] = TypeAdapter(of)

    def read_body(self) -> Shaped:
        """What the request's body says."""
        if request.mimetype != "application/json":
            raise UnsupportedMediaType
        request.max_content_length = MAX_BODY_BYTES
        body = request.get_data()
        # The databases keep no NUL in a text; it cannot be meant, whatever field it is in.
        if b"\x00" in body or b"\\u0000" in body:
            raise BadFields((("", "A text must not hold the character NUL."),))
        return self.read(body)

    def read(self, json: str | bytes) -> Shaped:
        """What this JSON says."""
        try:
            return self.adapter.validate_json(json)
        except ValidationError as error:
            _refuse(error)

    def read_query(self) -> Shaped:
        """What stands behind the question mark. A parameter that is given twice is refused."""
        given = request.args.to_dict(flat=False)
        try:
            return self.adapter.validate_python({k: v[0] if len(v) == 1 else v for k, v in given.items()})
        except ValidationError as error:
            _refuse(error)

    def write(self, value: Shaped) -> bytes:
        """The value as JSON."""
        return self.adapter.dump_json(value)


def _refuse(error: ValidationError) -> NoReturn:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        raise BadRequest
    raise BadFields(tuple((".".join(map(str, fault["loc"])), fault["msg"]) for fault in faults[:20]))
