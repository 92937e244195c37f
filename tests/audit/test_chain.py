"""The chain of audit entries: nothing is changed, taken out or put in without its showing."""

import json
import os
import re
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner, Result
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy.orm import Session

from app.audit.chain import REGISTER, append, digest, heads, verify
from app.audit.command import audit_command
from app.db import layer_tables, legal_crs, make_engine, make_session
from config import Config
from tests.conftest import MakeDatabase


def fill(session: Session, count: int = 5, chain: str = REGISTER) -> None:
    for number in range(count):
        append(session, chain, actor=7, action="approve", subject=f"s{number}", payload={"tờ": number})


def test_entries_are_numbered_and_each_follows_the_one_before(session: Session) -> None:
    fill(session)
    fill(session, 2, "access")
    assert verify(session) == (7, None)
    assert [(one.chain, one.number) for one in heads(session)] == [("access", 2), ("register", 5)]


def test_fields_cannot_be_moved_into_one_another(session: Session) -> None:
    """ "ab" + "c" and "a" + "bc" are different entries."""
    one = append(session, REGISTER, actor=1, action="ab", subject="c", payload={})
    before = digest(one)
    one.action, one.subject = "a", "bc"
    assert digest(one) != before
    session.expunge(one)


@pytest.fixture(scope="module")
def address(make_database: MakeDatabase) -> str:
    """A database in which five entries stand for good."""
    made = make_database(f"audit_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    config = Config(database_url=made)
    crs = legal_crs(config)
    engine = make_engine(config)
    with make_session(engine, crs, layer_tables(crs)) as session:
        fill(session)
        session.commit()
    engine.dispose()
    return made


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_the_database_refuses_to_change_entries(address: str, statement: str) -> None:
    connection = psycopg2.connect(address)
    with pytest.raises(InsufficientPrivilege, match="append-only"):
        connection.cursor().execute(statement)
    connection.close()


def run(address: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setenv("DATABASE_URL", address)
    return CliRunner().invoke(audit_command, arguments)


def tamper(address: str, statement: str) -> None:
    """What somebody does who owns the table."""
    connection = psycopg2.connect(address)
    with connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    connection.close()


def test_verify_and_head_on_the_command_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(address, monkeypatch, "verify").output == "5 entries, all right.\n"
    (head,) = json.loads(run(address, monkeypatch, "head").output)
    assert (head["chain"], head["number"], len(head["hash"])) == ("register", 5, 64)


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ("SET payload = replace(payload, '2', '3')", "number = 3", "Entry 3 .* was changed"),
        ("SET at = at + interval '1 microsecond'", "number = 2", "Entry 2 .* was changed"),
        ("SET number = 17 - number", "number IN (3, 4)", "Entry 3 .* is missing"),
        ("SET previous = hash", "number = 4", "Entry 4 .* does not follow"),
        (None, "number = 2", "Entry 2 .* is missing"),
        (None, "number = 1", "Entry 1 .* is missing"),
    ],
)
def test_verify_names_the_first_entry_that_is_wrong(
    address: str, monkeypatch: pytest.MonkeyPatch, change: str | None, where: str, said: str
) -> None:
    copy = copied(address)
    what = f"UPDATE audit_entry {change}" if change else "DELETE FROM audit_entry"
    tamper(copy, f"{what} WHERE {where}")
    result = run(copy, monkeypatch, "verify")
    assert result.exit_code == 1
    assert re.search(said, result.output), result.output


def test_entries_missing_at_the_end_are_noticed_by_the_anchored_head(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = copied(address)
    kept = tmp_path / "head.json"
    kept.write_text(run(copy, monkeypatch, "head").output)
    tamper(copy, "DELETE FROM audit_entry WHERE number = 5")
    assert run(copy, monkeypatch, "verify").exit_code == 0
    result = run(copy, monkeypatch, "verify", "--head", str(kept))
    assert result.exit_code == 1
    assert "Entry 5 of chain 'register' is missing" in result.output
    kept.write_text("[{}]")
    assert run(copy, monkeypatch, "verify", "--head", str(kept)).exit_code == 1


def copied(address: str) -> str:
    """A copy of the database, to do harm to."""
    name = address[address.rindex("/", 0, address.index("?")) + 1 : address.index("?")]
    copy = address.replace(f"/{name}?", f"/{name}_copy?")
    connection = psycopg2.connect(address.replace(f"/{name}?", "/diaba?"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}_copy (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    connection.close()
    return copy
