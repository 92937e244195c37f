"""The scripts of bin/: a step is done again only when it has to be, and what cannot go on says why."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout with nothing but the scripts, where any user can read it."""
    folder = Path(tempfile.mkdtemp(prefix="diaba-checkout-"))
    folder.chmod(0o755)
    shutil.copytree(ROOT / "bin", folder / "bin")
    yield folder
    shutil.rmtree(folder)


def bash(checkout: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euc", f". bin/checkout.sh; {script}"],
        cwd=checkout,
        env={**os.environ, **variables},
        text=True,
        capture_output=True,
        check=False,
    )


def made(checkout: Path, *, command: str = "bash -c 'cp source made; echo once >>log'") -> int:
    """Do one step, which copies `source` to `made`; returns how often it has run in all."""
    bash(checkout, f'step copy "$(fingerprint source)" made {command}')
    log = checkout / "log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_a_step_is_done_once_and_again_when_its_source_changes_or_its_output_is_gone(checkout: Path) -> None:
    (checkout / "source").write_text("a")
    assert made(checkout) == 1
    (checkout / "source").touch()
    assert made(checkout) == 1
    (checkout / "source").write_text("b")
    assert made(checkout) == 2
    (checkout / "made").unlink()
    assert made(checkout) == 3
    assert made(checkout) == 3


@pytest.mark.parametrize("end", ["exit 1", "kill -9 $$", "kill -9 $PPID"])
def test_a_step_that_was_interrupted_is_done_again(checkout: Path, end: str) -> None:
    (checkout / "source").write_text("a")
    assert made(checkout) == 1
    (checkout / "source").write_text("b")
    assert made(checkout, command=f"bash -c 'touch made; {end}'") == 1
    assert made(checkout) == 2
    assert (checkout / "made").read_text() == "b"


def test_a_second_run_waits_for_what_a_killed_one_left_at_work(checkout: Path) -> None:
    left = "lock_checkout; (sleep 1; echo first >>log) >/dev/null 2>&1 & kill -9 $$"
    bash(checkout, left)
    waited = bash(checkout, "lock_checkout; echo second >>log")
    assert "waiting" in waited.stderr
    assert (checkout / "log").read_text() == "first\nsecond\n"


def test_demo_names_the_way_out_when_its_port_is_taken(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = bash(checkout, "bin/demo", PORT=port)
    assert run.returncode == 1
    assert f"http://127.0.0.1:{port}" in run.stderr
    assert "PORT=8001 make demo" in run.stderr
    assert not any((checkout / "var" / "stamps").iterdir())


def without(checkout: Path, *programs: str) -> str:
    """A PATH on which the programs given are not to be found."""
    folder = checkout / "path"
    folder.mkdir()
    for place in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"):
        for program in Path(place).iterdir():
            link = folder / program.name
            if program.name not in programs and not link.exists():
                link.symlink_to(program)
    return str(folder)


def test_without_root_or_sudo_the_missing_packages_are_named(checkout: Path) -> None:
    path = without(checkout, "sudo", "chromium", "chromium-browser", "google-chrome")
    become = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
    (checkout / "var").mkdir()
    (checkout / "var").chmod(0o777)
    run = bash(checkout, f"{become} bin/packages chromium", PATH=path)
    assert run.returncode == 1
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends chromium\n" in run.stderr


def test_what_is_there_is_not_installed_again(checkout: Path) -> None:
    path = without(checkout, "sudo", "apt-get")
    run = bash(checkout, "bin/packages python postgis chromium", PATH=f"{path}:{os.environ['PATH']}")
    assert (run.returncode, run.stderr) == (0, "")
