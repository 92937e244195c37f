"""What tests of dossiers share."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.app import town
from tests.app.conftest import cheap_passwords, opened, signed_in
from tests.dossiers.desk import Desk, store_in
from tests.people import add_user

__all__ = ["cheap_passwords", "opened", "signed_in"]


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    built = town.build(session)
    officer = add_user(session, "le.thi.t", {"officer": ["26506"]})
    approver = add_user(session, "pham.van.d", {"approver": ["26506"]})
    return Desk(session, built, officer, approver, store_in(tmp_path))
