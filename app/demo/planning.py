"""Plans and their zones: blocks of settled quarters, whole quarters elsewhere. All of it is made up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely

from app.demo.growth import Growth
from app.demo.kinds import FUNCTIONS, Function
from app.demo.quarters import Country, Quarter
from app.demo.rows import Rows, rows_of
from app.demo.settle import Settled
from app.demo.sketch import Shape
from app.demo.units import Commune

ILLUSTRATION = "minh họa"
CITY = "UBND Thành phố Hồ Chí Minh"


@dataclass(frozen=True)
class Plan:
    """A plan as it is approved (or not yet). `scale` is the denominator."""

    code: str
    name: str
    kind: str
    scale: int
    status: str
    horizon: int
    decision: str | None = None
    decided_on: date | None = None
    authority: str = CITY


GENERAL = Plan(
    "QHC-BRVT",
    f"Quy hoạch chung khu vực Bà Rịa – Vũng Tàu, phần ngoài các quy hoạch phân khu ({ILLUSTRATION})",
    "general", 10_000, "in_force", 2045, "MH-01/QĐ-UBND", date(2024, 12, 16), "Thủ tướng Chính phủ",
)  # fmt: skip

_ZONING = (
    ("26506", "QHPK-VT", "in_force"),
    ("26526", "QHPK-TT", "in_force"),
    ("26536", "QHPK-RD", "adjusting"),
    ("26560", "QHPK-BR", "in_force"),
    ("26704", "QHPK-PM", "consultation"),
    ("26542", "QHPK-PT", "draft"),
)
"""The wards with a zoning plan of their own."""

_DETAILED = (("26506", "QHCT-VT-01"), ("26560", "QHCT-BR-01"))
"""The wards of which the first quarter has a detailed plan."""


def zoning_plan(commune: Commune, code: str, status: str, number: int) -> Plan:
    """The zoning plan of a ward, at 1:2000."""
    decided = status in ("in_force", "adjusting")
    return Plan(
        code=code,
        name=f"Quy hoạch phân khu tỷ lệ 1/2000 {commune.place} ({ILLUSTRATION})",
        kind="zoning",
        scale=2000,
        status=status,
        horizon=2040,
        decision=f"MH-{10 + number}/QĐ-UBND" if decided else None,
        decided_on=date(2022 + number % 3, 1 + 2 * number, 10) if decided else None,
    )


def detailed_plan(commune: Commune, code: str, number: int) -> Plan:
    """The detailed plan of one quarter, at 1:500."""
    return Plan(
        code=code,
        name=f"Quy hoạch chi tiết tỷ lệ 1/500 khu trung tâm {commune.place} ({ILLUSTRATION})",
        kind="detailed",
        scale=500,
        status="in_force",
        horizon=2035,
        decision=f"MH-{40 + number}/QĐ-UBND",
        decided_on=date(2025, 9, 5 + number),
        authority=f"UBND {commune.place}",
    )


@dataclass
class Planner:
    """Gives zones their plan and their lot symbols, in the order in which they are made."""

    country: Country
    detailed: dict[int, str] = field(default_factory=dict)
    """The quarters with a detailed plan, and its code."""
    _symbols: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def plan_of(self, quarter: Quarter) -> str:
        """The code of the plan that says what may be built in this quarter."""
        return self.detailed.get(quarter.index) or self.plan_of_commune(quarter.commune)

    def plan_of_commune(self, commune: Commune) -> str:
        """The code of a commune's zoning plan, or of the general plan."""
        return next((plan for code, plan, _ in _ZONING if code == commune.code), GENERAL.code)

    def zones(self, settled: Settled, rng: np.random.Generator) -> Rows:
        """The blocks of a quarter as zones, and its streets as one."""
        quarter = settled.quarter
        for commune, code in _DETAILED:
            if settled.layout and commune == quarter.commune.code and code not in self.detailed.values():
                self.detailed[quarter.index] = code
        plan = self.plan_of(quarter)
        lots = np.bincount(settled.block, minlength=len(settled.blocks))
        zones = [
            self._zone(plan, function, shape, rng, homes=int(count))
            for function, shape, count in zip(settled.functions, settled.blocks, lots, strict=True)
        ]
        if settled.pieces:
            streets = shapely.coverage_union_all(settled.surfaces)
            zones.append(self._zone(plan, FUNCTIONS["GT"], streets, rng))
        return _rows(zones)

    def remaining(self, growth: Growth, settled: set[int], rng: np.random.Generator) -> Rows | None:
        """The quarters that are not settled as zones, neighbours of one function joined."""
        groups: dict[tuple[str, str], list[Shape]] = defaultdict(list)
        for index, function in _foreseen(self.country, growth).items():
            if index not in settled:
                quarter = self.country.quarters[index]
                groups[self.plan_of(quarter), function].append(quarter.geometry)
        zones = []
        for (plan, function), shapes in sorted(groups.items()):
            joined = shapely.get_parts(shapely.coverage_union_all(shapes))
            zones += [self._zone(plan, FUNCTIONS[function], shape, rng) for shape in joined]
        return _rows(zones) if zones else None

    def plans(self) -> Rows:
        """The plans, each as large as the quarters that it covers. They tile the province."""
        areas: dict[str, list[Shape]] = defaultdict(list)
        for quarter in self.country.quarters:
            areas[self.plan_of(quarter)].append(quarter.geometry)
        communes = {commune.code: commune for commune in self.country.communes}
        plans = [
            GENERAL,
            *(zoning_plan(communes[c], code, status, n) for n, (c, code, status) in enumerate(_ZONING)),
            *(
                detailed_plan(communes[c], code, n)
                for n, (c, code) in enumerate(_DETAILED)
                if code in self.detailed.values()
            ),
        ]
        found = rows_of("plan", ((multi(areas[plan.code]), _plan_values(plan)) for plan in plans))
        assert found is not None
        return found

    def _zone(
        self,
        plan: str,
        function: Function,
        shape: Shape,
        rng: np.random.Generator,
        homes: int = 0,
    ) -> tuple[Shape, dict[str, object]]:
        self._symbols[plan, function.code] += 1
        symbol = f"{function.code}-{self._symbols[plan, function.code]:02d}"
        return multi([shape]), {
            "plan_code": plan,
            "lot": symbol,
            "function": function.code,
            **_indicators(function, rng),
            "population": 4 * homes if function.code in ("NO", "HH", "LX") and homes else None,
        }


def _indicators(function: Function, rng: np.random.Generator) -> dict[str, object]:
    """What may be built. The floor-area ratio is never more than coverage × storeys."""
    ground = round(float(rng.uniform(2.2, 4.5)), 2)
    if not function.coverage:
        return {"ground_elevation": ground}
    coverage = max(5, function.coverage - 5 * int(rng.integers(0, 3)))
    least, most = function.storeys
    storeys = int(rng.integers(max(1, (least + most) // 2), most + 1))
    ratio = np.floor(coverage * storeys / 100 * 10 * rng.uniform(0.85, 1)) / 10
    return {
        "building_coverage": coverage,
        "floor_area_ratio": max(float(ratio), 0.05),
        "storeys_min": min(least, storeys),
        "storeys_max": storeys,
        "height_max": round(3.6 * storeys + 2.4, 1),
        "setback": function.setback,
        "ground_elevation": ground,
    }


def _foreseen(country: Country, growth: Growth) -> dict[int, str]:
    """What each quarter is for when it is not settled: forest on hills, towns around towns, villages
    along main roads, industry and resorts around theirs, farms and tree crops elsewhere."""
    points = np.array([quarter.inner for quarter in country.quarters])
    reach = {group.id: group.scores / group.reach for group in growth.groups}
    roads = shapely.union_all([avenue.geometry for avenue in country.avenues if avenue.ref])
    shapely.prepare(roads)
    by_road = np.asarray(shapely.dwithin(roads, shapely.points(points), 350))
    # A slow wave over the province decides between field and forest.
    wooded = np.sin(points[:, 0] / 2900) + np.sin(points[:, 1] / 2300 + points[:, 0] / 7000) > 0.9
    found = {}
    for index, quarter in enumerate(country.quarters):
        if quarter.ground in _BY_GROUND:
            found[index] = quarter.forest or _BY_GROUND[quarter.ground]
        elif reach["industrial"][index] < 1.6:
            found[index] = "SX"
        elif reach["resort"][index] < 1.3:
            found[index] = "DL"
        elif reach["urban"][index] < (2.4 if quarter.commune.is_urban else 1.5):
            found[index] = "NO"
        elif reach["rural"][index] < 1.2 or by_road[index]:
            found[index] = "LX"
        elif quarter.commune.code in _PONDS:
            found[index] = "TS"
        else:
            found[index] = "RSX" if wooded[index] else "NN"
    return found


_BY_GROUND = {"hill": "RSX", "water": "HO", "bank": "CXHC"}

_PONDS = ("26545", "26710")
"""Communes of mangrove and ponds."""


def _plan_values(plan: Plan) -> dict[str, object]:
    return {
        "code": plan.code,
        "name": plan.name,
        "kind": plan.kind,
        "scale": plan.scale,
        "decision_number": plan.decision,
        "decision_date": plan.decided_on,
        "authority": plan.authority,
        "status": plan.status,
        "horizon": plan.horizon,
    }


def _rows(zones: Iterable[tuple[Shape, dict[str, object]]]) -> Rows:
    found = rows_of("zone", zones)
    assert found is not None, "a quarter has at least one zone"
    return found


def multi(shapes: Sequence[Shape]) -> Shape:
    """Areas that share whole edges as one area of many parts."""
    joined = shapely.coverage_union_all(np.array(shapes, dtype=object)) if len(shapes) > 1 else shapes[0]
    return shapely.multipolygons(shapely.get_parts(joined))
