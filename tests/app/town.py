"""A small town that tests of reading walk about in, in the legal CRS of the demo.

# north 400 ┌──────────────────────────┬─────────────────────────┐
#           │ Phường Vũng Tàu (26506)  │ Phường Tam Thắng (26526)│
#           │  before: Thắng Tam 26508 ¦ Phường 1 26506          │
#           │  (west of 100)           ¦ (east of 100)           │
#        60 │ ═══ Đường Lê Lợi ════════╪═════════════════════════│
#        40 │ ┌────┬────┐  zone A1     │          ┌────┐         │
#           │ │ 11 │ 12 │ (0–80, 0–50) │          │ 12 │ sheet 5 │
#        20 │ └────┴────┘ ·hydrant     │          └────┘         │
#         0 └──────────────────────────┴─────────────────────────┘
#     east  0  20   40   60            200        240  260      400
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.db import crs_of, tables_of
from layers.crs import LegalCRS
from tests.shapes import E, N, add, add_parcel, line, multi, point, square


@dataclass(frozen=True)
class Town:
    """The ids of what stands in the town, and its CRS."""

    crs: LegalCRS
    commune: UUID
    eleven: UUID
    twelve: UUID
    twelve_east: UUID
    zone: UUID
    road: UUID
    hydrant: UUID
    cable: UUID
    school: UUID

    def at(self, east: float, north: float) -> tuple[float, float]:
        """Longitude and latitude of a place in the picture."""
        return self.crs.to_wgs84(E + east, N + north)

    def box(self, west: float, south: float, east: float, north: float) -> str:
        """A box of the picture as the API takes it."""
        return "{},{},{},{}".format(*self.at(west, south), *self.at(east, north))


def build(session: Session) -> Town:
    """Put the town into the database of the test."""
    commune = add(
        session,
        "commune",
        multi(square(width=200, height=400)),
        code="26506",
        name="Phường Vũng Tàu",
        name_en="Vung Tau Ward",
        kind="ward",
        predecessors="Phường 1, Phường Thắng Tam",
    )
    east_of_it = multi(square(200, width=200, height=400))
    add(session, "commune", east_of_it, code="26526", name="Phường Tam Thắng", kind="ward")
    before = {"successor_code": "26506", "district": "Thành phố Vũng Tàu"}
    halves = multi(square(width=100, height=400)), multi(square(100, width=100, height=400))
    add_former(session, halves[0], code="26508", name="Phường Thắng Tam", **before)
    add_former(session, halves[1], code="26506", name="Phường 1", **before)
    town = Town(
        crs=crs_of(session),
        commune=commune,
        eleven=add_parcel(
            session,
            "11",
            square(20, 20, 20),
            sheet="5",
            land_use="BHK",
            legal_area=12534.2,
            survey_document="TL-01",
        ),
        twelve=add_parcel(
            session,
            "12",
            square(40, 20, 20),
            sheet="5",
            land_use="ODT",
            legal_area=401.3,
            address="15 Lê Lợi, phường Vũng Tàu",
            parcel_code="w3u4uu9pcmyz",
        ),
        twelve_east=add_parcel(
            session, "12", square(240, 20, 20), sheet="5", commune_code="26526", land_use="ODT"
        ),
        zone=add(session, "zone", multi(square(width=80, height=50)), lot="A1", function="NO"),
        road=add(
            session, "road", line((0, 60), (400, 60)), name="Đường Lê Lợi", ref="QL51", road_class="national"
        ),
        hydrant=add(session, "hydrant", point(70, 25), number="H1", state="working"),
        cable=add(session, "telecom", line((0, 30), (400, 30)), code="FO-9", kind="fibre"),
        school=add(session, "facility", point(150, 90), name="Trường tiểu học Thắng Nhì", kind="school"),
    )
    session.commit()
    return town


def add_former(session: Session, outline: str, **fields: Any) -> None:
    """Insert a commune that was until 30 June 2025."""
    history = tables_of(session)["commune"].history
    assert history is not None
    times = {"valid_from": date(1991, 1, 1), "valid_to": date(2025, 7, 1)}
    geometry = f"SRID={crs_of(session).srid};{outline}"
    one = {"id": uuid4(), "fid": 900, "version": 1, "geom": geometry} | times | fields
    session.execute(insert(history).values(one))
