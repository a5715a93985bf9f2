"""People, what they do, and how they sign in. The ledger knows a person only as a number, a pseudonym."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, UtcDateTime, words
from bottletrack.vocabulary import Role


class Winery(Base):
    """A winemaker's house: who orders, and whose own bottles may come back."""

    __tablename__ = "winery"
    __table_args__ = (UniqueConstraint("territory_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))


class Person(Base):
    """Somebody who signs in, or a service (no password hash: nobody can sign in as it)."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    #: Where an operator works; None: all sites of the territory.
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    winery_id: Mapped[int | None] = mapped_column(ForeignKey("winery.id"))
    #: In lower case; the name to sign in with.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="fr")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    #: Signing out everywhere, a new password or new roles raise it; older sessions then end.
    session_epoch: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Of the short number that goes with a badge, at devices that were set up; None: a badge opens nothing.
    pin_hash: Mapped[str | None] = mapped_column(String(200))


class PersonRole(Base):
    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role, "role"), primary_key=True)


class ApiToken(Base):
    """A key to the API. Only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
