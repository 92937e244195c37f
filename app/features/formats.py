"""How values are written for a reader: numbers, areas, dates and coordinates in their language."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal

from layers.layer import N_, Field, Kind

NBSP = "\N{NO-BREAK SPACE}"
"""Stands between a number and its unit, so that they are never parted."""

HECTARES_FROM = 10_000
"""Square metres from which an area is also given in hectares."""

Translate = Callable[[str], str]

YES = N_("Có")
NO = N_("Không")
NO_DATA = N_("Chưa có số liệu")


@dataclass(frozen=True)
class Wording:
    """How a reader is spoken to: the code of their language, and what translates a message into it."""

    language: str
    translate: Translate

    def say(self, message: str, **values: object) -> str:
        """A message in the reader's language, its braces filled."""
        said = self.translate(message)
        return said.format(**values) if values else said

    def number(self, value: float, decimals: int = 3, *, fixed: bool = False) -> str:
        """1234.5 → ``1.234,5``: at most so many decimals, exactly as many when `fixed`."""
        places = ("0" if fixed else "#") * decimals
        pattern = f"#,##0.{places}" if places else "#,##0"
        return str(format_decimal(value, format=pattern, locale=self.language))

    def quantity(self, value: float, unit: str, decimals: int = 3, *, fixed: bool = False) -> str:
        """A number with its unit; square metres get hectares beside them from 10,000 m²."""
        number = self.number(value, decimals, fixed=fixed)
        if unit == "%":
            return f"{number}%"
        written = f"{number}{NBSP}{self.translate(unit)}"
        if unit == "m²" and value >= HECTARES_FROM:
            written += f" ({self.number(value / 10_000, 2)}{NBSP}ha)"
        return written

    def area(self, square_metres: float) -> str:
        """12534.2 → ``12.534,2 m² (1,25 ha)``."""
        return self.quantity(square_metres, "m²", 1)

    def date(self, value: date) -> str:
        """A day, as ``05/03/2026`` in Vietnamese and ``5 March 2026`` in other languages."""
        if self.language == "vi":
            return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
        return str(format_date(value, "d MMMM yyyy", locale=self.language))

    def day(self, iso: str) -> str:
        """The same of a day in ISO 8601."""
        return self.date(date.fromisoformat(iso))

    def moment(self, value: datetime) -> str:
        """A day and the time on it, in the time zone that the value carries."""
        return f"{self.date(value.date())} {value.hour:02d}:{value.minute:02d}"

    def instant(self, iso: str) -> str:
        """The same of an instant in ISO 8601."""
        return self.moment(datetime.fromisoformat(iso))

    def field(self, field: Field, value: object) -> str | None:
        """A field's value as it is read; None when there is none (empty, or not a finite number)."""
        return None if value is None or value == "" else self._written(field, value)

    def _written(self, field: Field, value: object) -> str | None:
        match field.kind:
            case Kind.CODE:
                known = field.code_list.by_code.get(str(value)) if field.code_list else None
                return self.translate(known.name) if known else str(value)
            case Kind.BOOLEAN:
                return self.translate(YES if value else NO)
            case Kind.NUMBER | Kind.INTEGER:
                return self._numeric(field, value)
            case Kind.DATE:
                return self.date(date.fromisoformat(str(value)))
            case Kind.TIMESTAMP:
                return self.moment(datetime.fromisoformat(str(value)))
        return str(value)

    def _numeric(self, field: Field, value: object) -> str | None:
        number = float(str(value))  # JSON has no NaN: the database writes it as text
        if not math.isfinite(number):
            return None
        decimals = 0 if field.kind is Kind.INTEGER else 3 if field.decimals is None else field.decimals
        if field.unit:
            return self.quantity(number, field.unit, decimals)
        if field.kind is Kind.INTEGER and abs(number) < 10_000:
            return f"{number:.0f}"  # a year or a scale: no point among four digits
        return self.number(number, decimals)
