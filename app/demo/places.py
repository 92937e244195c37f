"""Public facilities, waste points and monitoring stations: known ones, and those of settled quarters."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from app.demo.rows import Rows, rows_of
from app.demo.settle import Settled
from app.demo.sketch import DATA, Projection, Shape
from app.demo.units import Commune

SCHOOLS = (
    "Hạ Long", "Đoàn Kết", "Trưng Vương", "Lê Lợi", "Võ Thị Sáu", "Châu Thành", "Duy Tân",
    "Nguyễn An Ninh", "Thắng Nhất", "Bùi Thị Xuân", "Nguyễn Thái Học", "Chí Linh", "Phước Thắng",
    "Trần Phú", "Ngô Sĩ Liên", "Nguyễn Gia Thiều", "Huỳnh Khương Ninh", "Lê Quang Định",
)  # fmt: skip
PAGODAS = (
    "Linh Sơn", "Phước Lâm", "Quan Âm", "Phổ Đà", "Vạn Đức", "Long Bàn", "Huệ Quang", "Pháp Hoa",
    "Thiên Thai", "Bửu Long",
)  # fmt: skip
FLOWERS = ("Hoa Mai", "Sao Mai", "Hướng Dương", "Hoa Hồng", "Sơn Ca", "Ánh Dương", "Hoa Sen", "Vành Khuyên")
BANKS = ("Vietcombank", "BIDV", "Agribank", "VietinBank", "Sacombank", "ACB")


@dataclass
class Places:
    """Names the public places of quarters, none of a commune's twice."""

    _count: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def facilities(self, settled: Settled, rng: np.random.Generator) -> Rows | None:
        """One facility for each public block, and a few shops and banks in the others."""
        records = [*self._public(settled), *self._private(settled, rng)]
        return rows_of("facility", records)

    def waste(self, settled: Settled) -> Rows | None:
        """One collection point for each settled quarter with streets."""
        streets = settled.streets()
        if not streets:
            return None
        point = shapely.line_interpolate_point(streets[0].line, 0.3, normalized=True)
        values = {
            "name": f"Điểm tập kết rác {streets[0].full_name}",
            "kind": "collection",
            "capacity": float(2 + settled.quarter.index % 5),
        }
        return rows_of("waste_point", [(shapely.set_precision(point, 0.001), values)])

    def _public(self, settled: Settled) -> Iterator[tuple[Shape, dict[str, object]]]:
        for block, function in enumerate(settled.functions):
            if function.id in _NAMED:
                site = self._site(settled, block, function.id)
                kind, name = _NAMED[function.id](site)
                yield _inside(settled, block), {"name": name, "kind": kind, "address": site.address}

    def _private(
        self, settled: Settled, rng: np.random.Generator
    ) -> Iterator[tuple[Shape, dict[str, object]]]:
        for block, function in enumerate(settled.functions):
            if function.id not in _PRIVATE or rng.random() < 0.4:
                continue
            site = self._site(settled, block, "private")
            kind, name = _PRIVATE[function.id](site)
            phone = f"0254 {int(rng.integers(300, 399))} {int(rng.integers(1000, 9999))}"
            values: dict[str, object] = {"name": name, "kind": kind, "address": site.address}
            yield _inside(settled, block), values | {"phone": phone}

    def _site(self, settled: Settled, block: int, use: str) -> "Site":
        commune, former = settled.quarter.commune, settled.quarter.former
        self._count[commune.code, use] += 1
        self._count["", use] += 1
        old_name = former.name.partition(" ")[2] if former else ""
        return Site(
            number=self._count[commune.code, use],
            rank=self._count["", use],
            commune=commune,
            area=old_name if old_name and not old_name.isdigit() else commune.name.partition(" ")[2],
            street=settled.street_of(block),
        )


@dataclass(frozen=True)
class Site:
    """Where a place is, for its name: it is the `number`-th of its use in the commune, the `rank`-th in
    the province; `area` is the name of the former commune where that was a name, `street` is empty
    where there is none."""

    number: int
    rank: int
    commune: Commune
    area: str
    street: str

    @property
    def address(self) -> str:
        return f"{self.street}, {self.commune.place}" if self.street else self.commune.place

    @property
    def first_or_street(self) -> str:
        """The area's name for the first place of its use, the street's for others."""
        return self.area if self.number == 1 or not self.street else self.street


_Named = Callable[[Site], tuple[str, str]]


def _cycled(names: tuple[str, ...], number: int) -> str:
    turn, place = divmod(number - 1, len(names))
    return f"{names[place]} {turn + 1}" if turn else names[place]


def _school(site: Site) -> tuple[str, str]:
    level, turn = site.rank % 3, (site.rank + 2) // 3
    if level == 1:
        return "school", f"Trường Tiểu học {_cycled(SCHOOLS, turn)}"
    if level == 2:
        return "kindergarten", f"Trường Mầm non {_cycled(FLOWERS, turn)}"
    return "school", f"Trường THCS {_cycled(SCHOOLS[::-1], turn)}"


def _office(site: Site) -> tuple[str, str]:
    if site.number == 1:
        return "administration", f"UBND {site.commune.place}"
    return "administration", f"Trụ sở khu phố {site.number} {site.commune.place}"


def _health(site: Site) -> tuple[str, str]:
    if site.number == 1:
        return "health", f"Trạm Y tế {site.commune.place}"
    return "health", f"Phòng khám đa khoa {site.street or site.area}"


def _worship(site: Site) -> tuple[str, str]:
    if site.rank % 4 == 0:
        return "worship", f"Nhà thờ {site.first_or_street}"
    return "worship", f"Chùa {_cycled(PAGODAS, site.rank)}"


def _bank_or_fuel(site: Site) -> tuple[str, str]:
    if site.rank % 5 == 0:
        return "fuel", f"Cửa hàng xăng dầu {site.street or site.area}"
    return "bank", f"{BANKS[site.rank % len(BANKS)]} – PGD {site.street or site.area}"


def _plain(kind: str, label: str) -> _Named:
    return lambda site: (kind, f"{label} {site.first_or_street}")


_NAMED: dict[str, _Named] = {
    "TH": _school,
    "THPT": lambda site: ("school", f"Trường THPT {_cycled(SCHOOLS[4:], site.rank)}"),
    "YT": _health,
    "VH": lambda site: ("culture", f"Nhà văn hóa khu phố {site.number} {site.commune.place}"),
    "TDTT": _plain("sport", "Sân thể thao"),
    "CQ": _office,
    "AN": _plain("police", "Công an"),
    "DTTG": _worship,
    "CXCC": _plain("park", "Công viên"),
    "BDX": _plain("parking", "Bãi đỗ xe"),
    "market": _plain("market", "Chợ"),
}
"""Kind and name of the place on a block, by the id of its function."""

_PRIVATE: dict[str, _Named] = {
    "HH": _bank_or_fuel,
    "DV": _bank_or_fuel,
    "DL": lambda site: ("tourism", f"Khu nghỉ dưỡng {site.area} {site.number}"),
}


def _inside(settled: Settled, block: int) -> Shape:
    """A point in the first parcel of a block."""
    parcel = settled.parcels[int(np.flatnonzero(settled.block == block)[0])]
    point: Shape = shapely.set_precision(shapely.point_on_surface(parcel), 0.001)
    return point


def known(project: Projection) -> Iterator[Rows]:
    """The places of `data/places.csv`, layer by layer."""
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    for layer in dict.fromkeys(row["layer"] for row in listed):
        found = rows_of(layer, (_known(row, project) for row in listed if row["layer"] == layer))
        assert found is not None
        yield found


def _known(row: dict[str, str], project: Projection) -> tuple[Shape, dict[str, object]]:
    place = np.array([[float(row["longitude"]), float(row["latitude"])]])
    values: dict[str, object] = {"name": row["name"], "kind": row["kind"]}
    if row["layer"] == "facility":
        values["address"] = row["address"]
    if row["layer"] == "monitoring_station":
        values |= {"code": row["code"], "operator": "Trung tâm Quan trắc và Kỹ thuật môi trường"}
    if row["layer"] == "waste_point":
        values["capacity"] = {"landfill": 1000.0, "transfer": 250.0, "hazardous": 20.0}[row["kind"]]
    return shapely.points(np.round(project(place)[0], 3)), values
