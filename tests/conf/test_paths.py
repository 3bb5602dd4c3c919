"""Where data is kept, whatever HOME is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from arrears.conf.paths import data_folder, make_private
from arrears.kernel.errors import Misconfigured


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARREARS_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/anna"}, "/home/anna/.local/share/arrears"),
        ({"HOME": "/home/anna", "XDG_DATA_HOME": "/data"}, "/data/arrears"),
        ({"HOME": "/home/anna", "XDG_DATA_HOME": "data"}, "/home/anna/.local/share/arrears"),
        ({"HOME": "/home/anna", "ARREARS_HOME": "~/books"}, "/home/anna/books"),
        ({"HOME": "nonsense", "ARREARS_HOME": "/srv/books"}, "/srv/books"),
    ],
)
def test_the_environment_names_the_folder(
    environment: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, setting in environment.items():
        monkeypatch.setenv(name, setting)

    assert data_folder() == Path(folder)


def test_a_home_that_is_no_path_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "nonsense")

    with pytest.raises(Misconfigured, match="HOME is unset or not an absolute path"):
        data_folder()


def test_a_new_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    make_private(tmp_path / "a/b")

    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Misconfigured, match=f"{tmp_path}/file/data cannot be created: "):
        make_private(tmp_path / "file/data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_does_not_write_into_the_folder_of_another_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)

    with pytest.raises(Misconfigured, match=r"belongs to another user \(uid 65534\)"):
        make_private(tmp_path)
