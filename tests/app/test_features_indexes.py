"""Whatever is asked, an index answers: no question reads through all parcels."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.features.formats import Wording
from app.features.query import at_point, feature, in_box
from app.features.search import Asker, search
from app.pages.listing import page_after
from layers import CATALOG
from tests.app.town import Town, build
from tiles.scope import PUBLIC

PARCELS = CATALOG["parcel"]


def searching(query: str) -> Callable[[Session, Town], object]:
    def ask(session: Session, town: Town) -> object:
        near = town.at(0, 0)
        return search(
            Asker(session=session, scope=PUBLIC, wording=Wording("vi", str), near=near, limit=5), query
        )

    return ask


QUESTIONS: dict[str, Callable[[Session, Town], object]] = {
    "a card by id": lambda session, town: feature(session, PUBLIC, PARCELS, str(town.twelve)),
    "a card by the id of tiles": lambda session, town: feature(
        session, PUBLIC, PARCELS, str(feature(session, PUBLIC, PARCELS, str(town.twelve)).fid)
    ),
    "what is here": lambda session, town: at_point(
        session, PUBLIC, [PARCELS], point=town.at(30, 30), zoom=18, tolerance=22
    ),
    "a list": lambda session, town: in_box(
        session, PUBLIC, [PARCELS], bbox=(*town.at(0, 0), *town.at(50, 50)), near=town.at(30, 30)
    ),
    "a page of the list": lambda session, _: page_after(session, PUBLIC, PARCELS, 100),
    "a parcel's number": searching("12/5 phường Vũng Tàu"),
    "a number alone": searching("12"),
    "an address": searching("15 Lê Lợi"),
    "a parcel's code": searching("w3u4uu9pcmyz"),
    "two letters": searching("le"),
    "a name that is nowhere": searching("nguyễn văn trỗi"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_all_parcels(session: Session, question: str) -> None:
    town = build(session)
    asked: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    QUESTIONS[question](session, town)
    event.remove(connection, "before_cursor_execute", note)
    about_parcels = [one for one in asked if "FROM parcel" in one[0]]
    assert about_parcels
    raw = connection.connection.cursor()
    # In a table of three rows only a plan that must not read it through tells whether it need not.
    raw.execute("SET LOCAL enable_seqscan = off")
    for statement, values in about_parcels:
        raw.execute(f"EXPLAIN {statement}", values)
        plan = "\n".join(row[0] for row in raw.fetchall())
        assert "Seq Scan on parcel" not in plan, plan
