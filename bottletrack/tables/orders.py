"""What winemakers ordered. An order line is a place: it holds what was delivered under it."""

import uuid
from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bottletrack.tables.base import Base, words
from bottletrack.vocabulary import Grade


class Order(Base):
    __tablename__ = "purchase_order"
    __table_args__ = (UniqueConstraint("territory_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    winery_id: Mapped[int] = mapped_column(ForeignKey("winery.id"), index=True)
    #: What people call it, e.g. `O-0012`.
    reference: Mapped[str] = mapped_column(String(20))
    wanted_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    placed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), index=True)
    cancelled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("event.id"))


class OrderLine(Base):
    """So many bottles of one model and grade. What was ordered is its place's ceiling."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "model_id", "grade"),)

    id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("bottle_model.id"))
    grade: Mapped[Grade] = mapped_column(words(Grade, "grade"))
