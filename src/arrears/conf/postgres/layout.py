"""What lies where in the `postgres` folder of a data folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PORT = 5432  # only a part of the socket's name: the server listens on no network address
DATABASE = ROLE = "arrears"


@dataclass(frozen=True)
class Layout:
    """The files of one embedded server. All but `cluster` belong to the supervisor and its clients."""

    folder: Path

    @classmethod
    def of(cls, data_folder: Path) -> Layout:
        return cls(data_folder / "postgres")

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def unfinished(self) -> Path:
        """Where a cluster is made, to be renamed only when it is complete."""
        return self.folder / "cluster.unfinished"

    @property
    def clients(self) -> Path:
        return self.folder / "clients.lock"

    @property
    def supervisor(self) -> Path:
        return self.folder / "supervisor.lock"

    @property
    def ready(self) -> Path:
        return self.folder / "ready.lock"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"
