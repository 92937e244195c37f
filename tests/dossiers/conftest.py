"""What tests of dossiers share."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.edits import workflow as edits
from tests.app import town
from tests.app.conftest import cheap_passwords, opened, signed_in
from tests.dossiers.desk import Desk, store_in
from tests.people import add_user

__all__ = ["cheap_passwords", "opened", "signed_in"]


@pytest.fixture
def desk(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    built = town.build(session)
    officer = add_user(session, "le.thi.t", {"officer": ["26506"]})
    approver = add_user(session, "pham.van.d", {"approver": ["26506"]})
    desk = Desk(session, built, officer, approver, store_in(tmp_path))

    def today() -> date:
        """Editing reads the clock of the desk."""
        return desk.now.date()

    monkeypatch.setattr(edits, "today", today)
    return desk
