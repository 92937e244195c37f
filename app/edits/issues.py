"""What a check finds: data, with its place on the map. Checks return issues, they do not raise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from app.edits.changes import Key


class Severity(StrEnum):
    """How much an issue weighs, the heaviest first."""

    BLOCK = "block"
    """The change cannot be approved."""
    REVIEW = "review"
    """Somebody has to look at it and say why it may be."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True)
class Issue:
    """One finding. `feature` is the changed feature that it is about, none when it is about several;
    `geometry` lies in the legal CRS; `message` is a message id whose braces `values` fill."""

    severity: Severity
    rule: str
    feature: Key | None
    geometry: BaseGeometry | None
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The issue as JSON values; the message in the source language, not filled in."""
        return {
            "severity": self.severity.value,
            "rule": self.rule,
            "feature": self.feature and {"layer": self.feature.layer, "id": str(self.feature.id)},
            "geometry": self.geometry and mapping(self.geometry),
            "message": self.message,
            "values": dict(self.values),
        }
