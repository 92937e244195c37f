"""Why an operation cannot be done: a code for machines and a sentence for people."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Reason:
    """`code` never changes; `sentence` is a Vietnamese message id, with values in braces."""

    code: str
    sentence: str


class OperationError(Exception):
    """An operation that is refused. Nothing has changed.

    `geometry` is where it fails, in the legal CRS, when there is such a place.
    """

    def __init__(self, reason: Reason, geometry: BaseGeometry | None = None, **values: object) -> None:
        super().__init__(reason.code, values)
        self.reason = reason
        self.geometry = geometry
        self.values = values

    @property
    def code(self) -> str:
        return self.reason.code

    @property
    def sentence(self) -> str:
        return self.reason.sentence
