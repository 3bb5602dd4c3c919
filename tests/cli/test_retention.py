"""`arrears retention` as a lender's staff type it: on books without contacts, and on a wrong number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from arrears.conf.postgres.client import leave_server
from tests.cli.command import arrears


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("retention") / "home"
    arrears("db", "init", "--kind", "simulation", "--at", "2026-06-01T01:00", home=home)
    arrears("lender", "add", "示范银行", "--country", "CN", "--zone", "Asia/Shanghai", home=home)
    yield home
    leave_server(home, wait=True)


def test_a_lender_without_records_is_told_so(home):
    told = json.loads(arrears("retention", "--on", "2026-12-01", "--format", "json", home=home).stdout)

    assert told == {"lender": "示范银行", "on": "2026-12-01", "records": []}
    assert "(nothing)" in arrears("retention", "--on", "2026-12-01", home=home).stdout


def test_a_loan_that_does_not_exist_is_named(home):
    refused = arrears("retention", "--on", "2026-12-01", "--loan", "L-7", home=home)

    assert refused.returncode != 0
    assert "L-7" in refused.stderr
