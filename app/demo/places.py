"""Public facilities, waste points and monitoring stations: known ones, and those of settled quarters."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from app.demo.kinds import Division
from app.demo.rows import Rows, rows_of
from app.demo.settle import Settled
from app.demo.sketch import DATA, Projection, Shape

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
        commune = settled.quarter.commune
        for block, function in enumerate(settled.functions):
            if function.id not in _NAMED or function.division is not Division.WHOLE:
                continue
            self._count[commune.code, function.id] += 1
            number = self._count[commune.code, function.id]
            kind, name = _NAMED[function.id](number, settled)
            yield _inside(settled, block), {"name": name, "kind": kind, "address": commune.place}

    def _private(
        self, settled: Settled, rng: np.random.Generator
    ) -> Iterator[tuple[Shape, dict[str, object]]]:
        commune = settled.quarter.commune
        for block, function in enumerate(settled.functions):
            if function.id not in ("HH", "DV", "DL"):
                continue
            self._count[commune.code, "shop"] += 1
            number = self._count[commune.code, "shop"]
            if function.id == "DL":
                kind, name = "tourism", f"Khu nghỉ dưỡng {commune.name.partition(' ')[2]} {number}"
            elif rng.random() < 0.6:
                kind, name = "bank", f"Ngân hàng {BANKS[number % len(BANKS)]} – PGD {commune.name} {number}"
            else:
                kind, name = "fuel", f"Cửa hàng xăng dầu số {number} {commune.name}"
            phone = f"0254 {int(rng.integers(300, 399))} {int(rng.integers(1000, 9999))}"
            yield _inside(settled, block), {
                "name": name, "kind": kind, "address": commune.place, "phone": phone
            }  # fmt: skip


def _inside(settled: Settled, block: int) -> Shape:
    """A point in the first parcel of a block."""
    parcel = settled.parcels[int(np.flatnonzero(settled.block == block)[0])]
    point: Shape = shapely.set_precision(shapely.point_on_surface(parcel), 0.001)
    return point


def _quarter_name(settled: Settled) -> str:
    former = settled.quarter.former
    return (
        former.name.partition(" ")[2]
        if former and not former.name[-1].isdigit()
        else (settled.quarter.commune.name.partition(" ")[2])
    )


def _cycled(names: tuple[str, ...], number: int) -> str:
    turn, place = divmod(number - 1, len(names))
    return f"{names[place]} {turn + 1}" if turn else names[place]


def _school(number: int, _settled: Settled) -> tuple[str, str]:
    rank, turn = number % 3, (number + 2) // 3
    if rank == 1:
        return "school", f"Trường Tiểu học {_cycled(SCHOOLS, turn)}"
    if rank == 2:
        return "kindergarten", f"Trường Mầm non {_cycled(FLOWERS, turn)}"
    return "school", f"Trường THCS {_cycled(SCHOOLS[::-1], turn)}"


def _office(number: int, settled: Settled) -> tuple[str, str]:
    commune = settled.quarter.commune
    if number == 1:
        return "administration", f"UBND {commune.place}"
    return "administration", f"Trụ sở khu phố {number} {commune.place}"


def _health(number: int, settled: Settled) -> tuple[str, str]:
    if number == 1:
        return "health", f"Trạm Y tế {settled.quarter.commune.place}"
    return "health", f"Phòng khám đa khoa {_quarter_name(settled)} {number}"


def _worship(number: int, settled: Settled) -> tuple[str, str]:
    if number % 4 == 0:
        return "worship", f"Nhà thờ {_quarter_name(settled)} {number // 4}"
    return "worship", f"Chùa {_cycled(PAGODAS, number)}"


def _plain(kind: str, label: str) -> Callable[[int, Settled], tuple[str, str]]:
    def named(number: int, settled: Settled) -> tuple[str, str]:
        return kind, f"{label} {_quarter_name(settled)}" + (f" {number}" if number > 1 else "")

    return named


_NAMED: dict[str, Callable[[int, Settled], tuple[str, str]]] = {
    "TH": _school,
    "THPT": lambda number, _: ("school", f"Trường THPT {_cycled(SCHOOLS[4:], number)}"),
    "YT": _health,
    "VH": lambda number, s: ("culture", f"Nhà văn hóa khu phố {number} {s.quarter.commune.place}"),
    "TDTT": _plain("sport", "Sân thể thao"),
    "CQ": _office,
    "AN": _plain("police", "Công an"),
    "DTTG": _worship,
    "CXCC": _plain("park", "Công viên"),
    "BDX": _plain("parking", "Bãi đỗ xe"),
    "market": _plain("market", "Chợ"),
}


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
