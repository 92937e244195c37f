"""How near is the same place: the tolerances of editing, as data."""

from dataclasses import dataclass

from app.edits.grid import PER_METRE


@dataclass(frozen=True, kw_only=True)
class Tolerances:
    """Distances in metres, in the plane of the legal CRS.

    `snap`: a new point this near to a boundary mark or a boundary is meant to lie on it.
    `noding`: a boundary mark this near to a boundary lies on it already. Three points of one line,
    each rounded to the millimetre, are up to 1.42 mm off.
    """

    snap: float = 0.01
    noding: float = 0.0015

    def __post_init__(self) -> None:
        if not 0.0015 <= self.noding <= self.snap:
            raise ValueError("noding takes 1.5 mm at least, and snapping no less than noding")

    @property
    def snap_mm(self) -> float:
        return self.snap * PER_METRE

    @property
    def noding_mm(self) -> float:
        return self.noding * PER_METRE


TOLERANCES = Tolerances()
