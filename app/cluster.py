"""Knows the private PostgreSQL cluster of a checkout: where it lives, who runs it, how it starts and stops.

The cluster stands in ``var/postgres``, listens on a Unix socket in a folder that only its owner (and
root) may enter, opens no TCP port, and is unrelated to any cluster of the system. It runs as whoever
owns its folder; root hands it to the system user ``postgres``, because PostgreSQL refuses to run as root.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import click
import psycopg2
from psycopg2 import errors, sql

from config import Config

SUPERUSER = "diaba"
PORT = 5432
"""Only a part of the socket's name; nothing listens on it."""

LONGEST_SOCKET = 100
"""Bytes of a socket's path that fit everywhere (Linux allows 107)."""

OUTSIDE = Path("/var/lib/diaba")
"""Where root puts a cluster whose checkout the user ``postgres`` cannot reach."""

MEGABYTE = 1024 * 1024


class ClusterError(Exception):
    """What went wrong with the cluster, and what to do about it, in one sentence or two."""


@dataclass(frozen=True)
class _Cluster:
    """One cluster on disk: ``home`` holds data, log and, where the path is short enough, the socket."""

    home: Path
    owner: pwd.struct_passwd

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def sockets(self) -> Path:
        inside = self.home / "socket"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(f"/tmp/diaba-{self.owner.pw_uid}-{digest}")

    @property
    def version(self) -> str:
        """The major version of PostgreSQL that made the data, for example ``15``."""
        return (self.data / "PG_VERSION").read_text().strip()

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@:{PORT}/{database}?host={quote(str(self.sockets), safe='/')}"

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL as the owner of the cluster and return what it printed."""
        become = os.geteuid() != self.owner.pw_uid
        return subprocess.run(
            command,
            cwd="/",
            # PG* variables of the caller (PGDATA, PGPORT, …) speak of other clusters, so none is handed on.
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            user=self.owner.pw_uid if become else None,
            group=self.owner.pw_gid if become else None,
            extra_groups=os.getgrouplist(self.owner.pw_name, self.owner.pw_gid) if become else None,
            umask=0o077,
            text=True,
            capture_output=True,
            check=False,
        )


def url(var: Path, database: str = "diaba") -> str | None:
    """Where the private cluster under ``var`` answers, whether it runs or not; None where there is none."""
    cluster = _find(var)
    return cluster.url(database) if cluster else None


def running(var: Path) -> bool:
    """Whether the private cluster under ``var`` runs."""
    cluster = _find(var)
    return cluster is not None and _postmaster(cluster) is not None


def start(var: Path, *, fast: bool = False) -> bool:
    """Make the private cluster and its database where they are missing, and start it.

    ``fast`` gives up durability: a crash of the machine loses the cluster, which suits tests.
    Returns whether this call started it; False means that it ran already.
    """
    with _alone(var):
        cluster = _find(var) or _make_home(var)
        if not cluster.data.exists():
            _initialise(cluster, fast)
        started = _postmaster(cluster) is None
        if started:
            _launch(cluster, fast)
        _ensure_database(cluster)
        return started


def stop(var: Path) -> bool:
    """Stop the private cluster; connections are closed. Returns whether it ran."""
    with _alone(var):
        cluster = _find(var)
        return cluster is not None and _stop(cluster)


@contextmanager
def temporary() -> Iterator[str]:
    """A cluster for tests and checks, gone afterwards; yields the address of its empty database."""
    _sweep()
    # The process id in the name tells later runs which folders a killed run left behind.
    var = Path(tempfile.mkdtemp(prefix=f"diaba-test-{os.getpid()}-"))
    var.chmod(0o711)
    try:
        start(var, fast=True)
        yield url(var) or ""
    finally:
        _destroy(var)


def _sweep() -> None:
    for var in Path(tempfile.gettempdir()).glob("diaba-test-*-*"):
        pid = var.name.split("-")[2]
        if var.stat().st_uid == os.geteuid() and not Path("/proc", pid).exists():
            _destroy(var)


def _destroy(var: Path) -> None:
    cluster = _find(var)
    if cluster:
        _stop(cluster)
        shutil.rmtree(cluster.home)
    shutil.rmtree(var)


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """Hold off other starts and stops of the same cluster; the system lets go when this process ends."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _find(var: Path) -> _Cluster | None:
    home = (var / "postgres").resolve()
    if not home.exists():
        return None
    owner = pwd.getpwuid(home.stat().st_uid)
    if os.geteuid() not in (0, owner.pw_uid):
        raise ClusterError(
            f"The private cluster in {var / 'postgres'} belongs to the user {owner.pw_name}. Run this as "
            f"root, or remove {var} as root to start anew."
        )
    return _Cluster(home, owner)


def _make_home(var: Path) -> _Cluster:
    home = var.resolve() / "postgres"
    owner = pwd.getpwuid(os.geteuid()) if os.geteuid() else _system_user()
    home.unlink(missing_ok=True)  # a link whose target is gone
    if not _reaches(owner, home.parent):
        OUTSIDE.mkdir(mode=0o755, exist_ok=True)
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        outside = OUTSIDE / f"{digest}-{secrets.token_hex(4)}"
        outside.mkdir(mode=0o700)
        os.chown(outside, owner.pw_uid, owner.pw_gid)
        home.symlink_to(outside)
        return _Cluster(outside, owner)
    making = home.with_name("postgres.new")
    making.mkdir(mode=0o700, exist_ok=True)
    os.chown(making, owner.pw_uid, owner.pw_gid)
    making.rename(home)
    return _Cluster(home, owner)


def _system_user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"], check=True
    )
    return pwd.getpwnam("postgres")


def _reaches(user: pwd.struct_passwd, folder: Path) -> bool:
    """Whether the user can enter the folder; an attempt decides, because modes do not tell of ACLs."""
    return _Cluster(folder, user).run("test", "-x", folder).returncode == 0


def _programs(version: str | None = None) -> Path:
    """The folder with PostgreSQL's programs: of one major version, or the newest that has PostGIS."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: -float(path.parts[-3]))
    folders = [path.parent for path in found]
    if elsewhere := shutil.which("pg_config"):
        folders.append(Path(_output(elsewhere, "--bindir")))
    for folder in folders:
        config = folder / "pg_config"
        if not (folder / "initdb").exists() or not config.exists():
            continue
        if version and _output(config, "--version").split()[1].split(".")[0] != version:
            continue
        if (Path(_output(config, "--sharedir")) / "extension" / "postgis.control").exists():
            return folder
    wanted = f"PostgreSQL {version}, which made this cluster," if version else "PostgreSQL"
    raise ClusterError(f"{wanted} with PostGIS is not on this machine: `bin/packages postgis` installs it.")


def _output(*command: str | Path) -> str:
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout.strip()


def _initialise(cluster: _Cluster, fast: bool) -> None:
    programs = _programs()
    # The folder gets its name when it is whole: an initdb that was killed leaves only `data.new`.
    making = cluster.home / "data.new"
    if making.exists():
        shutil.rmtree(making)
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    if fast:
        options.append("--no-sync")
    made = cluster.run(programs / "initdb", "-D", making, "-U", SUPERUSER, *options)
    if made.returncode:
        raise ClusterError(f"initdb failed: {made.stderr.strip()}")
    with (making / "postgresql.conf").open("a") as settings:
        settings.write("include_if_exists 'diaba.conf'\n")
    making.rename(cluster.data)


def _settings(cluster: _Cluster, fast: bool) -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    sockets = str(cluster.sockets).replace("'", "''")
    lines = [
        "# Written by `diaba db start`; settings of your own: ALTER SYSTEM.",
        "listen_addresses = ''",
        f"port = {PORT}",
        f"unix_socket_directories = '{sockets}'",
        "unix_socket_permissions = 0700",
        f"shared_buffers = {min(max(memory // 8, 128), 1024)}MB",
        f"effective_cache_size = {memory // 2}MB",
        "work_mem = 32MB",
        f"maintenance_work_mem = {min(max(memory // 16, 64), 512)}MB",
        "max_wal_size = 4GB",
        "random_page_cost = 1.1",
        # Compiling a tile's query takes longer than running it.
        "jit = off",
    ]
    if fast:
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        lines += ["wal_level = minimal", "max_wal_senders = 0"]
    return "\n".join(lines) + "\n"


def _postmaster(cluster: _Cluster) -> int | None:
    """The process id of the running server; a `postmaster.pid` left by a crash may name any process."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n")[0])
        return pid if Path(f"/proc/{pid}/cwd").readlink() == cluster.data.resolve() else None
    except (FileNotFoundError, PermissionError, ProcessLookupError, ValueError):
        return None


def _launch(cluster: _Cluster, fast: bool) -> None:
    programs = _programs(cluster.version)
    _make_sockets(cluster)
    (cluster.data / "diaba.conf").write_text(_settings(cluster, fast))
    # PostgreSQL itself removes the files of a dead process, but not when another process has got its number.
    # It still refuses to start beside live processes of the same data, by their shared memory.
    for left in (cluster.data / "postmaster.pid", cluster.sockets / f".s.PGSQL.{PORT}.lock"):
        left.unlink(missing_ok=True)
    begin = cluster.log.stat().st_size if cluster.log.exists() else 0
    deadline = time.monotonic() + 20
    command = (programs / "pg_ctl", "start", "-D", cluster.data, "-l", cluster.log, "-s", "-w", "-t", "120")
    while cluster.run(*command).returncode:
        reason = cluster.log.read_text(errors="replace")[begin:] if cluster.log.exists() else ""
        # The last queries of a killed server hold its memory until they notice.
        if "pre-existing shared memory block" not in reason or time.monotonic() > deadline:
            raise ClusterError(
                f"PostgreSQL did not start; {cluster.log} ends with:\n{reason[-2000:].strip()}"
            )
        time.sleep(0.5)


def _make_sockets(cluster: _Cluster) -> None:
    with suppress(FileExistsError):
        cluster.sockets.mkdir(mode=0o700)
        os.chown(cluster.sockets, cluster.owner.pw_uid, cluster.owner.pw_gid)
    # The folder may stand in /tmp, where anybody could have made it first.
    seen = cluster.sockets.lstat()
    if seen.st_uid != cluster.owner.pw_uid or seen.st_mode & 0o077:
        raise ClusterError(
            f"{cluster.sockets} must belong to {cluster.owner.pw_name} alone; remove it and try again."
        )


def _ensure_database(cluster: _Cluster) -> None:
    with closing(psycopg2.connect(cluster.url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor, suppress(errors.DuplicateDatabase):
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(SUPERUSER)))


def _stop(cluster: _Cluster) -> bool:
    if _postmaster(cluster) is None:
        return False
    stopped = cluster.run(
        _programs(cluster.version) / "pg_ctl", "stop", "-D", cluster.data, "-m", "fast", "-s", "-w"
    )
    if stopped.returncode:
        raise ClusterError(f"PostgreSQL did not stop: {stopped.stderr.strip()}")
    if cluster.sockets.parent != cluster.home:
        cluster.sockets.rmdir()
    return True


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ClusterError as error:
            raise click.ClickException(str(error)) from error


@click.group("db", cls=_Commands)
def db_commands() -> None:
    """The private PostgreSQL cluster under var/."""


@db_commands.command("start")
@click.option("--fast", is_flag=True, help="Give up durability, for tests.")
def start_command(fast: bool) -> None:
    """Start it; make it first where there is none."""
    var = Config().var_dir
    verb = "Started" if start(var, fast=fast) else "It runs already"
    click.echo(f"{verb}: {url(var)}")


@db_commands.command("stop")
def stop_command() -> None:
    """Stop it."""
    click.echo("Stopped." if stop(Config().var_dir) else "It was not running.")


@db_commands.command("status")
def status_command() -> None:
    """Say whether it runs and where; exit with 3 when it does not."""
    var = Config().var_dir
    if running(var):
        click.echo(f"Running: {url(var)}")
        return
    click.echo(
        "Stopped: `diaba db start` starts it." if url(var) else "There is none: `diaba db start` makes it."
    )
    sys.exit(3)


@db_commands.command("psql", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql_command(arguments: Sequence[str]) -> None:
    """Open psql on the database of the private cluster; arguments go to psql."""
    var = Config().var_dir
    cluster = _find(var)
    if cluster is None or _postmaster(cluster) is None:
        raise ClusterError("The private cluster does not run: `diaba db start` starts it.")
    psql = _programs(cluster.version) / "psql"
    os.execv(psql, [str(psql), cluster.url("diaba"), *arguments])


@db_commands.command("scratch", context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def scratch_command(command: Sequence[str]) -> None:
    """Run COMMAND with DATABASE_URL set to a throwaway cluster."""
    with temporary() as address:
        result = subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False)
    sys.exit(result.returncode)
