"""Which database: the server named by ARREARS_DATABASE_URL, or the embedded one of the data folder."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from arrears.conf.paths import data_folder
from arrears.conf.postgres.layout import DATABASE, ROLE
from arrears.kernel.errors import BadInput

SETTING = "ARREARS_DATABASE_URL"
_EXAMPLE = "postgresql://user:password@host:5432/database"


def connect_settings() -> dict[str, Any]:
    """The `default` entry of Django's DATABASES. Starts nothing: the embedded server starts on first use.

    Raises BadInput when ARREARS_DATABASE_URL is not a PostgreSQL address.
    """
    url = os.environ.get(SETTING, "").strip()
    if url:
        return _from_url(url)
    return {
        "ENGINE": "arrears.conf.postgres",
        "NAME": DATABASE,
        "USER": ROLE,
        "DATA_FOLDER": str(data_folder()),
    }


def set_up_django() -> None:
    """Load the settings and the tables' classes. Call it before importing anything from `arrears.store`."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "arrears.conf.settings"  # a shell may have another project's
    django.setup()


def is_embedded() -> bool:
    return not os.environ.get(SETTING, "").strip()


def _from_url(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _bad(str(error).split(":")[0]) from None  # the rest may quote a password
    if parts.scheme not in ("postgresql", "postgres"):
        raise _bad(f"it begins with {parts.scheme!r}" if parts.scheme else "it has no scheme")
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise _bad("it names no database")
    options = _options(parts)
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def _options(parts: SplitResult) -> dict[str, str]:
    try:
        return dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _bad("what follows the question mark is not name=value") from None


def _bad(reason: str) -> BadInput:
    return BadInput(
        "setting.database_url",
        f"{SETTING} is not the address of a PostgreSQL database: {reason}.",
        hint=f"Write {_EXAMPLE} (with %40 for an @ in a password), or unset it to use the embedded server.",
        setting=SETTING,
    )
