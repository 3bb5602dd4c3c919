"""Many tables in one operation, so that Django makes its classes of them once and not once per table."""

from __future__ import annotations

from typing import Any

from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateAtOnce(Operation):
    """Creates tables in the order given, whose classes are only made when the last one is known.

    Django makes the class of each new model and, each time, those of every model that it reaches
    through references. With fifty tables that is a thousand classes, and most of the time it takes.
    """

    reversible = False

    def __init__(self, tables: list[CreateModel]) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # made anew from the whole state when it is next asked for
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.tables)} tables"
