"""Whom a request is about: a person by the lender's number, or the borrower of a loan."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from arrears.actions.inbound import speaker_of
from arrears.api.words import Ref


class OfSomebody(BaseModel):
    """Whose it is: `person_ref`, or the borrower of `loan_ref`."""

    model_config = ConfigDict(extra="forbid")
    person_ref: Ref | None = None
    loan_ref: Ref | None = None

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        """Called by pydantic with all values read."""
        if (self.person_ref is None) == (self.loan_ref is None):
            raise ValueError("whose it is, is said once: person_ref or loan_ref")
        return self

    def person(self, lender: int) -> int:
        """Raises NotFound when the lender has none of this number."""
        found = speaker_of(lender, loan_ref=self.loan_ref, person_ref=self.person_ref)
        assert found is not None, "it was checked that somebody is named"
        return found
