"""Where each layer's data comes from, and what its stations have measured."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class DataSource(Base):
    """Who made the data of a layer, how old it is and what may be done with it.

    `attribution` and `note` are message ids where they come from the product, plain text where they
    come from an import. `data_date` is the day as of which the data is right; `synthetic` marks data
    that was made up for a demonstration.
    """

    __tablename__ = "data_source"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    attribution: Mapped[str] = mapped_column(Text)
    licence: Mapped[str | None] = mapped_column(Text)
    data_date: Mapped[date | None]
    synthetic: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Reading(Base):
    """One value of one series of one feature. A station that was silent has no reading, not an empty one."""

    __tablename__ = "reading"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    feature_id: Mapped[UUID] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(Text, primary_key=True)
    time: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    value: Mapped[float]
