"""The OpenAPI document: made from the operations, their problems said in the form they have."""

from __future__ import annotations

import json
from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

from arrears.api.problems import CONTENT_TYPE, Problem

PROBLEMS: dict[int, type[Problem]] = dict.fromkeys(
    (400, 401, 403, 404, 409, 413, 415, 422, 429, 503), Problem
)
"""What any operation may answer instead."""


class JsonParser(Parser):
    """Reads bodies, some of which are thirty million characters long."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Called with every request that has one; whatever it raises is answered as no JSON."""
        return orjson.loads(request.body)


class DescribedApi(NinjaAPI):
    """An API whose document says of problems that they are problem details."""

    def get_openapi_schema(self, **where: Any) -> Any:
        """Called when the document is asked for."""
        document = super().get_openapi_schema(**where)
        for path in document["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "content" in response:
                        response["content"] = {CONTENT_TYPE: response["content"].pop("application/json")}
        return document


def document_text(api: NinjaAPI) -> str:
    """The document as it is kept in docs."""
    return json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False, default=str) + "\n"
