"""Refusals in the plant's words: what was refused, why, and what to do now.

A refusal is a normal answer of the plant, not an accident: it is raised before anything is written, so nothing is
half-done. Texts are English templates with named values; a face translates the template, then fills in the values.
"""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - it is a refusal, the plant's own word, not an error
    """Something that was asked and may not be done.

    `what` and `remedy` are templates in English, filled from `values` with `%(name)s`.
    `field` names the input it is about, where there is one.
    """

    #: A stable word for programs that read the answer.
    code: ClassVar[str] = "refused"

    def __init__(self, what: str, remedy: str = "", *, field: str | None = None, **values: object) -> None:
        self.what = what
        self.remedy = remedy
        self.field = field
        self.values: Mapping[str, object] = values
        super().__init__(what)

    def __str__(self) -> str:
        return f"{self.what % self.values} {self.remedy % self.values}".strip()


class NotAllowed(Refusal):
    """This person may not do that."""

    code = "not_allowed"


class NotFound(Refusal):
    """No such thing, or none that this person may know of: the two answer alike."""

    code = "not_found"


class BadInput(Refusal):
    """The input itself makes no sense, whatever the plant's state."""

    code = "bad_input"


class WrongStep(Refusal):
    """The lot, run or order does not stand where this step begins."""

    code = "wrong_step"


class WrongQuantity(Refusal):
    """More than there is, or sums that do not meet."""

    code = "wrong_quantity"


class Stopped(Refusal):
    """Held, too old or otherwise not to be moved on."""

    code = "stopped"


class Conflict(Refusal):
    """The same id was used for something else, or somebody else was faster."""

    code = "conflict"
