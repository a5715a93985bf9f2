"""What an example of a verb says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bottletrack.access import Permission
from bottletrack.steps import Step
from tests.plant.world import Verb, World


@dataclass(frozen=True)
class Case:
    """One verb, with content that it takes. `step`: the step of the lot named by `lot_code`, where there is one."""

    verb: Verb
    permission: Permission
    content: Callable[[World], Any]
    step: Step | None = None
    #: A field that asks for more bottles than there are when it says 101.
    quantity: str | None = None
