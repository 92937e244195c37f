"""``diaba users …``: accounts from the command line, for the first administrator and for scripts."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from app.accounts import sign_ins
from app.accounts import users as accounts
from app.accounts.models import RoleGrant, User
from app.accounts.roles import ROLES
from app.db import layer_tables, legal_crs, make_engine, make_session
from app.errors import Problem
from app.i18n import translate
from config import Config

ROLE_HELP = f"One of {', '.join(role.code for role in ROLES)}; :CODE,… limits it to communes."


@click.group("users")
def users() -> None:
    """Accounts, their roles, passwords and sign-ins."""


@users.command("add")
@click.argument("name")
@click.option("--full-name", required=True, help="The person's name, as it is shown.")
@click.option("--role", "roles", multiple=True, metavar="ROLE[:CODE,…]", help=ROLE_HELP)
def add(name: str, full_name: str, roles: tuple[str, ...]) -> None:
    """Make an account and print its one-time password."""
    with _session() as session:
        user, password = accounts.add(session, name, full_name, _grants(roles))
        click.echo(f"{user.name}: {password}")
    click.echo("This password is shown once, works for 7 days and must be changed at the first sign-in.")


@users.command("list")
@click.option("--role", default="", help="Only those who have this role.")
def list_users(role: str) -> None:
    """List accounts with their roles."""
    with _session() as session:
        for user in accounts.listed(session, role=role)[0]:
            state = "" if user.active else "  (closed)"
            roles = " ".join(_shown(grant) for grant in user.grants) or "-"
            click.echo(f"{user.name}\t{user.full_name}\t{roles}{state}")


@users.command("role")
@click.argument("name")
@click.argument("roles", nargs=-1, metavar="[ROLE[:CODE,…]]…")
def set_roles(name: str, roles: tuple[str, ...]) -> None:
    """Give an account exactly these roles; it acts on the person's next request."""
    with _session() as session:
        user = accounts.by_name(session, name)
        accounts.edit(session, user, full_name=user.full_name, grants=_grants(roles))
        click.echo(f"{user.name}: {' '.join(_shown(grant) for grant in user.grants) or 'no role'}")


@users.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """Print a new one-time password for an account and end its sign-ins."""
    with _session() as session:
        user = accounts.by_name(session, name)
        click.echo(f"{user.name}: {accounts.reset_password(session, user)}")


@users.command("sessions")
@click.argument("name")
@click.option("--end", "ended", type=int, multiple=True, help="End the sign-in of this id.")
@click.option("--end-all", is_flag=True, help="End all of them.")
def sessions(name: str, ended: tuple[int, ...], end_all: bool) -> None:
    """List where somebody is signed in, and end what should end."""
    with _session() as session:
        user = accounts.by_name(session, name)
        if end_all:
            sign_ins.end_all(session, user)
        for one in ended:
            _must_end(session, user, one)
        for sign_in in sign_ins.of_user(session, user):
            seen = f"{sign_in.seen_at:%Y-%m-%d %H:%M}"
            click.echo(f"{sign_in.id}\t{seen}\t{sign_in.network}\t{sign_in.user_agent}")


def _must_end(session: Session, user: User, sign_in_id: int) -> None:
    if not sign_ins.end(session, user, sign_in_id):
        raise click.ClickException(f"{user.name} has no living sign-in {sign_in_id}")


@contextmanager
def _session() -> Iterator[Session]:
    """The transaction of one command; a problem is printed in English and nothing is written."""
    config = Config()
    crs = legal_crs(config)
    engine = make_engine(config)
    try:
        with make_session(engine, crs, layer_tables(crs)) as session, session.begin():
            yield session
    except Problem as problem:
        raise click.ClickException(translate(problem.sentence, "en", **problem.values)) from problem
    finally:
        engine.dispose()


def _grants(roles: tuple[str, ...]) -> accounts.Grants:
    """Roles as they are typed, for example ``officer:26506,26526``."""
    parted = (role.partition(":") for role in roles)
    return {role: [code for code in codes.split(",") if code] for role, _, codes in parted}


def _shown(grant: RoleGrant) -> str:
    return ":".join(filter(None, (grant.role, ",".join(grant.communes))))
