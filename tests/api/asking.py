"""Asking the API as another system does."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from arrears.actions.tokens import SCOPES, add_token
from arrears.store import models
from tests.builders import NOW

BASE = "/api/v1"


class System:
    """Another system of a lender, with a token of its own."""

    def __init__(self, lender: models.Organisation, name: str = "dialler", scopes=SCOPES, **others: Any):
        issued = add_token(lender=lender.pk, system=name, scopes=scopes, actor="staff:anna", at=NOW, **others)
        self.secret, self.token, self.name = issued.secret, issued.id, name
        self.client = Client(raise_request_exception=False)

    def post(self, path: str, content: Any, **headers: str):
        """What is answered to this JSON, or to these bytes as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content)
        headers = {"Authorization": f"Bearer {self.secret}", **headers}
        return self.client.post(f"{BASE}{path}", body, content_type="application/json", headers=headers)

    def get(self, path: str):
        """What is answered to this question."""
        return self.client.get(f"{BASE}{path}", headers={"Authorization": f"Bearer {self.secret}"})

    def decide(self, *items: Any, **others: Any):
        """The items answered, in order."""
        answered = self.post("/contact-decisions", {"items": items, **others})
        assert answered.status_code == 200, answered.content
        return answered.json()["items"]


def problem_of(response) -> tuple[int, str]:
    """Status and code of a problem, which it must be."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    told = response.json()
    assert told["status"] == response.status_code
    assert "Traceback" not in response.content.decode()
    return response.status_code, told["code"]
