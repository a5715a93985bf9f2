"""The face for stations: a small program in the browser that scans and records without a network, and what it asks for.

Its own source is in station/ at the repository's root; building/client.py bundles it into built/ beside this file.
"""

from webapp.station import data, shell, sign_in, sync
from webapp.station.blueprint import blueprint

__all__ = ["blueprint", "data", "shell", "sign_in", "sync"]
