"""The database as views reach it: the plant's own `writing()` and `reading()`, of the application that answers."""

from contextlib import AbstractContextManager
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from bottletrack.database import Database

_KEY = "bottletrack"


def attach_database(app: Flask, database: Database) -> None:
    """From now on the views of this application read and write there."""
    app.extensions[_KEY] = database


def database_of(app: Flask) -> Database:
    """The database that the application's views use."""
    return cast(Database, app.extensions[_KEY])


def writing() -> AbstractContextManager[Session]:
    """A session that commits when its block ends well. Redirect or render after the block, never inside it."""
    return database_of(current_app).writing()


def reading() -> AbstractContextManager[Session]:
    """A session that sees one moment and cannot write."""
    return database_of(current_app).reading()
