"""The private cluster: who runs it, who may reach it, and what it survives."""

import os
import pwd
import select
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner

from app import cluster

# As root the tests play both parts, because an ordinary user must be able to do the same.
USERS = ["root", "nobody"] if os.geteuid() == 0 else [pwd.getpwuid(os.geteuid()).pw_name]


def as_user(name: str, act: Callable[[], object]) -> None:
    """Call `act` in a child process that belongs to the user."""
    account = pwd.getpwnam(name)

    def become_and_act() -> None:
        if os.geteuid() != account.pw_uid:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        act()

    child = get_context("fork").Process(target=become_and_act)
    child.start()
    child.join()
    assert child.exitcode == 0


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are open to one user only."""
    made = Path(tempfile.mkdtemp(prefix="diaba-cluster-"))
    made.chmod(0o755)
    yield made
    cluster._destroy(made)


@pytest.fixture
def empty() -> Iterator[Path]:
    with folder() as var:
        yield var


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    with folder() as var:
        yield var


@pytest.fixture
def var(shared: Path) -> Iterator[Path]:
    """A cluster that runs when the test begins."""
    cluster.start(shared, fast=True)
    yield shared
    cluster.stop(shared)


def query(var: Path, statement: str) -> str:
    with closing(psycopg2.connect(cluster.url(var) or "")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""


def postmaster(var: Path) -> int:
    pid = cluster._postmaster(cluster._find(var))
    assert pid
    return pid


def kill(pid: int) -> None:
    watch = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    assert ended(watch)


def ended(watch: int) -> bool:
    """Wait for the end of a process, of which `watch` is a pidfd."""
    return bool(select.select([watch], [], [], 10)[0])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("user", USERS)
def test_it_starts_once_and_never_as_root(user: str, empty: Path) -> None:
    os.chown(empty, pwd.getpwnam(user).pw_uid, -1)

    def start_twice() -> None:
        assert cluster.start(empty, fast=True)
        assert not cluster.start(empty)

    as_user(user, start_twice)
    runs_as = Path(f"/proc/{postmaster(empty)}").owner()
    assert runs_as == ("postgres" if user == "root" else user)
    assert query(empty, "SELECT current_user") == "diaba"
    assert query(empty, "SHOW server_encoding") == "UTF8"

    def stop_twice() -> None:
        assert cluster.stop(empty)
        assert not cluster.stop(empty)

    as_user(user, stop_twice)
    assert not cluster.running(empty)


def test_only_its_owner_reaches_it_and_by_no_port(var: Path) -> None:
    pid = postmaster(var)
    opened = {str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}
    tcp = "".join(Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    assert not opened & {f"socket:[{line.split()[9]}]" for line in tcp.splitlines()}
    socket = Path(query(var, "SHOW unix_socket_directories")) / ".s.PGSQL.5432"
    assert socket.is_socket()
    assert socket.parent.stat().st_mode & 0o077 == 0
    assert len(os.fsencode(socket)) <= cluster.LONGEST_SOCKET


def test_it_comes_back_after_kill_9_with_its_data(var: Path) -> None:
    cluster.stop(var)
    cluster.start(var)  # not fast
    query(var, "CREATE TABLE kept AS SELECT 7 AS number")
    kill(postmaster(var))
    assert cluster.start(var)
    assert query(var, "SELECT number FROM kept") == "7"


def test_a_process_that_got_the_number_of_a_dead_server_is_no_obstacle(var: Path) -> None:
    pid_file = var / "postgres" / "data" / "postmaster.pid"
    left = pid_file.read_text()
    cluster.stop(var)
    pid_file.write_text(left.replace(left.split("\n")[0], str(os.getpid()), 1))
    assert not cluster.running(var)
    assert cluster.start(var, fast=True)


def test_a_half_made_cluster_is_made_anew(var: Path) -> None:
    cluster.stop(var)
    made = (var / "postgres").resolve()
    (made / "data").rename(made / "data.new")
    (made / "data.new" / "PG_VERSION").unlink()
    assert cluster.start(var, fast=True)
    assert not (made / "data.new").exists()


def test_paths_that_are_long_or_odd_are_no_obstacle(empty: Path) -> None:
    checkout = empty / ("a long name it's got, " * 5) / "địa bạ"
    checkout.mkdir(parents=True)
    cluster.start(checkout, fast=True)
    socket = Path(query(checkout, "SHOW unix_socket_directories"))
    assert len(os.fsencode(socket)) <= cluster.LONGEST_SOCKET
    cluster._destroy(checkout)
    assert not socket.exists()


def test_where_the_system_user_cannot_reach_the_checkout_the_cluster_stands_elsewhere(empty: Path) -> None:
    checkout = empty / "closed"
    checkout.mkdir(mode=0o700)
    cluster.start(checkout, fast=True)
    assert query(checkout, "SELECT 1") == "1"
    stands = (checkout / "postgres").resolve()
    assert stands.parent == (cluster.OUTSIDE if os.geteuid() == 0 else checkout)
    cluster._destroy(checkout)
    assert not stands.exists()


def test_another_cluster_is_left_alone(var: Path, cluster_url: str) -> None:
    with closing(psycopg2.connect(cluster_url)) as other, other.cursor() as cursor:
        assert cluster.stop(var)
        cursor.execute("SELECT 1")


def test_what_a_killed_run_left_behind_is_swept_away() -> None:
    killed = os.spawnlp(os.P_NOWAIT, "true", "true")
    os.waitpid(killed, 0)
    left = Path(tempfile.mkdtemp(prefix=f"diaba-test-{killed}-"))
    left.chmod(0o711)
    cluster.start(left, fast=True)
    watch = os.pidfd_open(postmaster(left))
    cluster._sweep()
    assert not left.exists()
    assert ended(watch)


def test_the_commands_say_what_is(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIABA_VAR_DIR", str(var))
    run = CliRunner().invoke
    cluster.stop(var)
    assert run(cluster.db_commands, ["status"]).exit_code == 3
    assert "Started: postgresql://" in run(cluster.db_commands, ["start", "--fast"]).output
    assert "It runs already" in run(cluster.db_commands, ["start"]).output
    assert run(cluster.db_commands, ["status"]).output.startswith("Running: postgresql://")
    assert run(cluster.db_commands, ["stop"]).output == "Stopped.\n"
    assert run(cluster.db_commands, ["stop"]).output == "It was not running.\n"
    refused = run(cluster.db_commands, ["psql"])
    assert refused.exit_code == 1
    assert "diaba db start" in refused.output


def test_a_cluster_that_cannot_start_shows_its_log(var: Path) -> None:
    cluster.stop(var)
    own_settings = var / "postgres" / "data" / "postgresql.auto.conf"
    own_settings.write_text("shared_buffers = 'many'\n")
    with pytest.raises(cluster.ClusterError, match="shared_buffers"):
        cluster.start(var)
    own_settings.write_text("")


def test_a_link_to_a_cluster_that_is_gone_is_replaced(empty: Path) -> None:
    (empty / "postgres").symlink_to(empty / "gone")
    assert cluster.start(empty, fast=True)
