"""ARREARS_DATABASE_URL: what it may say, and what is said when it cannot be used."""

from __future__ import annotations

import pytest

from arrears.conf.database import connect_settings
from arrears.kernel.errors import BadInput


def test_without_it_the_embedded_server_of_the_data_folder_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARREARS_DATABASE_URL", raising=False)
    monkeypatch.setenv("ARREARS_HOME", "/srv/arrears")

    assert connect_settings() == {
        "ENGINE": "arrears.conf.postgres",
        "NAME": "arrears",
        "USER": "arrears",
        "DATA_FOLDER": "/srv/arrears",
    }


def test_every_part_of_an_address_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "ARREARS_DATABASE_URL", "postgresql://anna:p%40ss%2Fword@db.example:5433/loans?sslmode=require"
    )

    assert connect_settings() == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "loans",
        "USER": "anna",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_may_be_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_DATABASE_URL", "postgres:///loans?host=/run/postgresql")

    settings = connect_settings()

    assert (settings["HOST"], settings["NAME"], settings["OPTIONS"]) == ("/run/postgresql", "loans", {})


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://anna:secret@db/loans", "it begins with 'mysql'"),
        ("loans", "it has no scheme"),
        ("postgresql://anna:secret@db", "it names no database"),
        ("postgresql://anna:secret@db/loans/more", "it names no database"),
        ("postgresql://anna:secret@db:54x2/loans", "Port could not be cast to integer value as '54x2'"),
        ("postgresql://anna:secret@db:70000/loans", "Port out of range 0-65535"),
        ("postgresql://anna:secret@[db/loans", "Invalid IPv6 URL"),
        ("postgresql://anna:secret@db/loans?sslmode", "what follows the question mark is not name=value"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(
    url: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_DATABASE_URL", url)

    with pytest.raises(BadInput) as refused:
        connect_settings()

    assert (
        refused.value.what == f"ARREARS_DATABASE_URL is not the address of a PostgreSQL database: {reason}."
    )
    assert "secret" not in str(refused.value)
