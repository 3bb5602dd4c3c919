"""Django's PostgreSQL backend, which sees to it that the embedded server runs before it connects."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError, conninfo, pq

from arrears.conf.postgres.client import ensure_server

_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.05


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects to the server of the folder in the setting DATA_FOLDER, starting it when need be."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        return params | self._server() | {"dbname": params["dbname"]}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Connect, waiting for a server that just died or is starting again; other failures are raised."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)  # type: ignore[no-any-return]
            except OperationalError:
                if _answers(conn_params) or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)
                conn_params |= self._server() | {"dbname": conn_params["dbname"]}

    def _server(self) -> dict[str, Any]:
        return ensure_server(Path(self.settings_dict["DATA_FOLDER"]))


def _answers(params: dict[str, Any]) -> bool:
    target = conninfo.make_conninfo(**{name: params[name] for name in ("host", "port", "user", "dbname")})
    return pq.PGconn.ping(target.encode()) == pq.Ping.OK
