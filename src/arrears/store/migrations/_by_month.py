"""Tables cut by month: created empty of partitions but for the default one, which loses nothing."""

from __future__ import annotations

from typing import Any

from django.db.migrations import CreateModel


class CreateByMonth(CreateModel):
    """Creates a model's table PARTITION BY RANGE of one column, and its default partition.

    Months are added by the SQL function `ensure_month`; rows of a month without a partition
    of its own are kept in the default one.
    """

    def __init__(  # noqa: PLR0917 - the signature of CreateModel, which migrations are written in
        self,
        name: str,
        fields: list[Any],
        by: str,
        options: dict[str, Any] | None = None,
        bases: tuple[Any, ...] | None = None,
        managers: list[Any] | None = None,
    ) -> None:
        super().__init__(name, fields, options, bases, managers)
        self.by = by

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, list(args), {**kwargs, "by": self.by}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        whole = schema_editor.sql_create_table
        schema_editor.sql_create_table = f'{whole} PARTITION BY RANGE ("{self.by}")'
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = whole
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
