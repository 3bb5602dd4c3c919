"""Actors: who did what is recorded here."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import Recorded, one_of

ACTOR_KINDS = ("staff", "program", "borrower", "other_system")


class Actor(Recorded):
    """One person on the lender's staff, program, borrower's session or other system that can act.

    `name` is how the actor signed in or how the program is called (`cli:import`), never the
    name of a borrower.
    """

    name = models.TextField(unique=True)
    kind = models.TextField()

    class Meta:
        db_table = "actor"
        constraints = (one_of("actor", "kind", ACTOR_KINDS),)
