"""Checks of this machine and this installation, without a database."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import arrears
from arrears.conf import paths
from arrears.conf.checks.finding import Finding, State, find
from arrears.conf.database import is_embedded
from arrears.conf.postgres.account import server_account
from arrears.conf.postgres.binaries import list_binaries

_CHECKOUT = Path(arrears.__file__).parents[2]
_BYTES_NEEDED, _BYTES_COMFORTABLE = 200_000_000, 2_000_000_000
_EXAMPLE = "../shared/data/credit_card_clients_taiwan_2005.csv"
_OK, _WARNING, _MISSING = State.OK, State.WARNING, State.MISSING


def findings() -> Iterator[Finding]:
    yield find("Python", _python)
    yield find("packages", _packages)
    yield find("time zone data", _zone_data)
    yield find("data folder", _data_folder)
    yield find("PostgreSQL programs", _postgres_programs)
    yield find("example data", _example_data)
    yield find("Debian's PostgreSQL", _second_postgres)


def _python(name: str) -> Finding:
    return Finding(name, _OK, f"{platform.python_version()} in {sys.executable}")


def _packages(name: str) -> Finding:
    """Compares what is installed with the lock file; outside a checkout, with what the package asks for."""
    installed = {_normal(package.name): package.version for package in metadata.distributions()}
    wanted = _locked()
    missing = [package for package in wanted if package not in installed]
    if missing:
        return Finding(name, _MISSING, f"not installed: {', '.join(missing)}", "Run: make setup")
    other = [
        f"{package} {installed[package]} instead of {version}"
        for package, version in wanted.items()
        if version not in (None, installed[package])
    ]
    if other:
        return Finding(name, _WARNING, ", ".join(other), "Run: make setup")
    return Finding(name, _OK, f"{len(wanted)} as wanted")


def _zone_data(name: str) -> Finding:
    version = metadata.version("tzdata")
    return Finding(name, _OK, f"package tzdata {version}, whatever the system has")


def _data_folder(name: str) -> Finding:
    folder = paths.data_folder()
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        advice = "Set ARREARS_HOME to a folder you may write to."
        return Finding(name, _MISSING, f"{folder} cannot be written to", advice)
    free = shutil.disk_usage(there).free
    found = f"{folder}{'' if there == folder else ' (made on first use)'}, {free / 1e9:,.1f} GB free"
    if free < _BYTES_COMFORTABLE:
        advice = "Free some space, or set ARREARS_HOME to a folder on a larger disk."
        return Finding(name, _MISSING if free < _BYTES_NEEDED else _WARNING, found, advice)
    return Finding(name, _OK, found)


def _postgres_programs(name: str) -> Finding:
    if not is_embedded():
        return Finding(name, _OK, "not used: ARREARS_DATABASE_URL names a server", is_needed=False)
    found = list(list_binaries(server_account()))
    if not found:
        advice = "Run make setup; or on Debian: apt-get install postgresql; or set ARREARS_PG_BIN."
        return Finding(name, _MISSING, "none that can be run", advice)
    chosen, *others = [f"{one.version} ({one.source}: {one.folder})" for one in found]
    return Finding(name, _OK, "; also ".join([f"chosen: {chosen}", *others]))


def _example_data(name: str) -> Finding:
    file = (_CHECKOUT / _EXAMPLE).resolve()
    if file.is_file():
        return Finding(name, _OK, str(file), is_needed=False)
    advice = "The demo invents a portfolio of the same shape instead."
    return Finding(name, _MISSING, f"{_EXAMPLE} is not there", advice, is_needed=False)


def _second_postgres(name: str) -> Finding:
    if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return Finding(name, _OK, "the tests of arrears run on it too", is_needed=False)
    advice = "Only for the tests of arrears itself: apt-get install postgresql"
    return Finding(name, _MISSING, "not installed", advice, is_needed=False)


def _locked() -> dict[str, str | None]:
    """Version by package; None for any version, as outside a checkout."""
    lock = _CHECKOUT / "requirements" / "base.txt"
    if lock.is_file():
        return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE))
    asked = metadata.requires("arrears") or []
    return {_normal(re.split(r"[^\w.-]", line)[0]): None for line in asked}


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
