"""Who may open the map editor, and what its page hands to the script."""

import json
import re
from uuid import uuid4

import pytest
from flask import Flask

from tests.app.conftest import SignedIn
from tests.people import Browser

DOSSIER = "0081d2d3-8bc9-4d9c-a49b-4606a1723942"
PAGE = f"/dossiers/{DOSSIER}/edit"


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(app: Flask) -> None:
    answer = Browser(app).get(PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")
    assert DOSSIER in answer.headers["Location"]


@pytest.mark.parametrize("role", ["citizen", "planner", "administrator"])
def test_others_may_not_open_it(signed_in: SignedIn, role: str) -> None:
    assert signed_in(role, {role: ()}).get(PAGE).status_code == 403


@pytest.mark.parametrize("role", ["officer", "approver"])
def test_officers_and_approvers_may(signed_in: SignedIn, role: str) -> None:
    changeset = str(uuid4())
    answer = signed_in(role, {role: ()}).get(f"{PAGE}?changeset={changeset}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'id="boot">(.*?)</script>', answer.text)
    assert found
    boot = json.loads(found[1])
    assert (boot["dossier"], boot["changeset"]) == (DOSSIER, changeset)
    assert boot["csrf"]
    # What the page needs of styles comes with what it shares with the map.
    assert answer.text.count('rel="stylesheet"') >= 2


def test_a_code_that_is_none_is_refused(signed_in: SignedIn) -> None:
    assert signed_in("officer", {"officer": ()}).get(f"{PAGE}?changeset=1").status_code == 400
