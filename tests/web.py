"""The control API as a program uses it, each answer held against its description."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from eslflow.web.app import DESCRIPTION

DOCUMENT = json.loads(DESCRIPTION.read_text(encoding="utf-8"))


def described(method: str, path: str) -> dict[str, Any]:
    """Return what the description says of an address."""
    for template, item in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return item[method.lower()]
    raise AssertionError(f"{path} is not described")


def check(method: str, path: str, status: int, kind: str, body: Any) -> None:
    """Hold an answer against the description."""
    answer = described(method, path)["responses"][str(status)]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].split("/")[-1]]
    schema = {**answer["content"][kind]["schema"], "components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(body)


class Client:
    """Asks, and checks what is answered."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> TestResponse:
        """Ask for something."""
        return self._checked("GET", path)

    def post(self, path: str, **wish: Any) -> TestResponse:
        """Ask to do something; `for_` is sent as `for`."""
        body = {key.rstrip("_"): value for key, value in wish.items()}
        return self._checked("POST", path, json=body)

    def raw(self, method: str, path: str, **options: Any) -> TestResponse:
        """Ask for what is not described, or not at all as it is."""
        return self._client.open(path, method=method, headers=self._headers, **options)

    def _checked(self, method: str, path: str, **options: Any) -> TestResponse:
        answer = self.raw(method, path, **options)
        body = answer.get_json() if answer.is_json else answer.text
        check(method, path, answer.status_code, answer.mimetype, body)
        return answer
