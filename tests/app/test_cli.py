"""The command line where it meets a machine that is not ready."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import diaba


@pytest.mark.parametrize("command", [["migrate"], ["doctor"], ["seed"], ["users", "list"]])
def test_command_without_a_database_says_how_to_get_one(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIABA_VAR_DIR", str(tmp_path))
    result = CliRunner().invoke(diaba, command)
    assert result.exit_code == 1
    assert "diaba db start" in result.output
