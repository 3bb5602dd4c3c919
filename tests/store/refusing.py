"""What the database refuses, said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction


@contextmanager
def rejected(says: str) -> Iterator[None]:
    """The database refuses what is done in the block, saying this; the test's transaction goes on."""
    with pytest.raises(IntegrityError, match=says), transaction.atomic():  # noqa: PT012 - the block is the caller's
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
