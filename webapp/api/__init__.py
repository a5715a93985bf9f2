"""The face for programs: JSON under /api/v1, over the same verbs as the screens, opened by a key and never by a cookie.

`endpoints.py` holds the one declaration that each endpoint has; the modules imported here declare them.
"""

from webapp.api import late, lots, orders, reports, runs, tokens, traces, verbs
from webapp.api.document import show_document
from webapp.api.endpoints import blueprint, close_paths

close_paths()

__all__ = ["blueprint", "late", "lots", "orders", "reports", "runs", "show_document", "tokens", "traces", "verbs"]
