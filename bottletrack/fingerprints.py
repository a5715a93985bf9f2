"""What was asked, as a fingerprint: by it the same event id with another content is told apart."""

import hashlib
import json
import uuid
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from bottletrack.vocabulary import EventKind


def fingerprint(kind: EventKind, content: object) -> str:
    """SHA-256 of what was asked, the same for the same dataclass whenever and wherever it is computed."""
    body = asdict(content) if is_dataclass(content) and not isinstance(content, type) else content
    text = json.dumps([kind, body], sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"no plain form for {type(value).__name__}")
