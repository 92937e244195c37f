"""The command line: ``diaba …``. Each feature brings its commands; here they are put together."""

import os
import sys
from collections.abc import Callable

import click
from sqlalchemy.exc import OperationalError

from app.accounts.command import users
from app.audit.command import audit_command
from app.cluster import db_commands
from app.db import NoDatabaseError, layer_tables, legal_crs, make_engine, make_session, migrate
from app.demo import seed_command
from app.edits.command import coverage_command
from app.health.checks import findings
from app.i18n import translate
from app.land.command import rights
from app.transfer.command import import_command
from config import Config


class Commands(click.Group):
    """A group that says in a sentence when there is no database to work on."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except NoDatabaseError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="diaba")
def diaba() -> None:
    """Địa Bạ: a map server for land and urban planning."""


@diaba.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    migrate(Config())


@diaba.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the application with gunicorn."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{host}:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads), "--worker-tmp-dir", "/dev/shm"]
    command += ["--no-control-socket"]  # it would be one for all gunicorns of this user
    command += ["--access-logfile", "-", "--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"]
    os.execv(sys.executable, command)


@diaba.command("doctor")
def doctor() -> None:
    """Check the deployment and say what is wrong and how to mend it."""
    config = Config()
    crs = legal_crs(config)
    try:
        with make_session(make_engine(config), crs, layer_tables(crs)) as session:
            found = findings(session, config)
    except OperationalError as error:
        raise click.ClickException(f"the database cannot be reached: {error.orig}") from error
    for one in found:
        click.echo(f"✗ {one.code}: {translate(one.sentence, 'en', **one.values)}")
    if found:
        raise SystemExit(1)
    click.echo("✓ schema, legal CRS, transformation and triggers are as they should be")


@diaba.command("settings")
def settings() -> None:
    """List every setting with its variable, default and meaning."""
    for name, field in Config.model_fields.items():
        variable = "DATABASE_URL" if name == "database_url" else f"DIABA_{name.upper()}"
        click.echo(f"{variable}={field.default}\n    {field.description}")


COMMANDS: tuple[click.Command, ...] = (
    db_commands,
    seed_command,
    import_command,
    rights,
    users,
    coverage_command,
    audit_command,
)
for _command in COMMANDS:
    diaba.add_command(_command)

main: Callable[[], None] = diaba
