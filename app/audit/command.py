"""The command ``diaba audit``."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.audit.chain import Broken, Head, heads, verify
from app.db import layer_tables, legal_crs, make_engine, make_session
from config import Config

WHY = {
    "missing": "is missing",
    "previous": "does not follow the entry before it",
    "hash": "was changed after it was written",
    "head": "is not the one that was anchored",
}


@click.group("audit")
def audit_command() -> None:
    """The hash chains of what was done."""


@audit_command.command("verify")
@click.option(
    "--head",
    "head_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that `diaba audit head` wrote: entries missing at the end are noticed too.",
)
def verify_command(head_file: Path | None) -> None:
    """Check every entry. Names the first that is wrong and exits with 1."""
    anchored = _read_heads(head_file) if head_file else [None]
    with _session() as session:
        for head in anchored:
            count, broken = verify(session, head)
            if broken:
                _complain(broken)
    click.echo(f"{count} entries, all right.")


@audit_command.command("head")
def head_command() -> None:
    """Print the last entry of each chain as JSON, to be kept where nobody of this server can write."""
    with _session() as session:
        click.echo(json.dumps([vars(one) for one in heads(session)], indent=2))


@contextmanager
def _session() -> Iterator[Session]:
    config = Config()
    crs, engine = legal_crs(config), make_engine(config)
    try:
        with make_session(engine, crs, layer_tables(crs)) as session:
            yield session
    finally:
        engine.dispose()


def _read_heads(path: Path) -> list[Head | None]:
    try:
        return [Head.from_json(one) for one in json.loads(path.read_text())] or [None]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{path.name} is not what `diaba audit head` writes") from error


def _complain(broken: Broken) -> None:
    click.echo(f"Entry {broken.number} of chain {broken.chain!r} {WHY[broken.why]}.", err=True)
    sys.exit(1)
