"""The control API: addresses, and what each takes and gives.

In: HTTP requests. Out: JSON, errors included. Must not decide anything of a call (the
desk does), nor open a socket. Its description is `openapi.json`, beside this file.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from eslflow.call.records import State
from eslflow.call.wishes import Want, Wish
from eslflow.errors import on_one_line
from eslflow.web import answers
from eslflow.web.body import EXAMPLE, claim_of, note_of, wish_of
from eslflow.web.health import Vitals, metrics, report
from eslflow.web.refusal import Refusal, quoted
from eslflow.web.reloads import PATIENCE_S, Reloads, Wanted
from eslflow.web.scopes import NEEDED, SEES, Scope

if TYPE_CHECKING:
    from eslflow.switch.desk import LiveCall

log = logging.getLogger("eslflow.control")

MOST_BYTES = 4096
"""Of a body; the longest sensible one has fifty."""
MOST_DIGITS = 9
"""Of a report's number."""
JSON = "application/json"
DESCRIPTION = Path(__file__).with_name("openapi.json")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing here is for a browser, and nothing is to be kept by one."""

WORDS = {
    400: ("the request cannot be read", "Look at the description: GET /openapi.json."),
    404: ("there is nothing at this address", "GET /openapi.json names what there is."),
    405: ("this address does not take that method", "See the header Allow."),
    413: (f"the body is longer than {MOST_BYTES} bytes", EXAMPLE),
    500: ("eslflow failed; the calls go on", "The reason is in its log."),
}
"""What is said when no view was reached, or one broke."""


class _Application(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Log a fault of ours; what was asked for cannot pass for a line of the log."""
        what = f"{request.method} {request.path}"
        log.error("fault in %s", on_one_line(what[:200]), exc_info=exc_info)


class Views:
    """What is done at each address."""

    def __init__(self, vitals: Vitals) -> None:
        self._desk = vitals.controller.desk
        self._guard = vitals.guard
        self._vitals = vitals
        self._receipts = vitals.receipts

    def calls(self) -> Response:
        """List the live calls."""
        who = self._guard.admit(request.environ)
        who.demand(Scope.CALLS)
        seen = who.seen(self._desk.named(self._desk.calls()))
        return jsonify(calls=[answers.whole(call) for call in seen])

    def call(self, name: str) -> Response:
        """Show a live call."""
        who = self._guard.admit(request.environ)
        who.demand(Scope.CALLS)
        (call,) = self._desk.named([answers.named(self._desk, who, name)])
        return jsonify(answers.whole(call))

    def change_call(self, name: str) -> Response:
        """Ask something of a call's recording."""
        who = self._guard.admit(request.environ)
        who.demand(*NEEDED.values())
        wish = wish_of(_body(), who.by, who.hand)
        who.demand_wish(wish)
        call = answers.named(self._desk, who, name)
        return jsonify(self._ask(call, wish))

    def agent(self, extension: str) -> Response:
        """Show the recording of an agent's call."""
        who = self._guard.admit(request.environ)
        who.demand(*SEES)
        calls = answers.of_agent(self._desk, who, extension)
        return jsonify(answers.several([answers.state(call) for call in calls]))

    def change_agent(self, extension: str) -> Response:
        """Ask something of the recording of an agent's call."""
        who = self._guard.admit(request.environ)
        who.demand(*NEEDED.values())
        wish = wish_of(_body(), who.by, who.hand)
        who.demand_wish(wish)
        calls = answers.of_agent(self._desk, who, extension)
        answers.demand_one(calls, wish.want)
        return jsonify(answers.several([self._ask(call, wish) for call in calls]))

    def receipt(self) -> Response:
        """Tell what holds of a call, to who knows its receipt and calls from there."""
        who = self._guard.admit(request.environ)
        who.demand(Scope.CONSENTS)
        claim = claim_of(_body())
        return jsonify(state=answers.of_receipt(self._receipts.state, claim))

    def withdraw(self) -> Response:
        """Take back what was permitted in a call; if it goes on, stop its recording."""
        who = self._guard.admit(request.environ)
        who.demand(Scope.WITHDRAW)
        claim = claim_of(_body())
        done = answers.of_receipt(
            lambda claim: self._receipts.withdraw(claim, who.by), claim
        )
        log.info("call %s: %s withdraws", _on_its_line(done.call_uuid), who.by)
        if any(call.uuid == done.call_uuid for call in self._desk.calls()):
            wish = Wish(Want.OFF, who.by, None, who.hand)
            answers.ask(self._desk, done.call_uuid, wish)
        return jsonify(state=State.WITHDRAWN.value)

    def reload(self) -> Response:
        """Want the flows to be reloaded; the answer names the report to ask for."""
        who = self._guard.admit(request.environ)
        who.demand(Scope.RELOAD)
        wanted = Wanted("reload", who.by, note_of(_body()))
        number = self._demand_reloads().ask(wanted)
        return jsonify(self._report(number, 0))

    def reloaded(self, number: str) -> Response:
        """Tell what became of a reload; wait a while for its end."""
        self._guard.admit(request.environ).demand(Scope.RELOAD)
        is_one = number.isdecimal() and len(number) <= MOST_DIGITS
        return jsonify(self._report(int(number) if is_one else 0, PATIENCE_S))

    def _demand_reloads(self) -> Reloads:
        if self._vitals.reloads is None:
            raise Refusal(503, "this eslflow does not reload its flows")
        return self._vitals.reloads

    def _report(self, number: int, seconds: float) -> dict[str, Any]:
        found = self._demand_reloads().wait(number, seconds)
        if found is None:
            raise Refusal(404, "there is no such reload", "POST /reload begins one.")
        return found

    def health(self) -> tuple[Response, int]:
        """Tell how eslflow is."""
        self._guard.admit(request.environ).demand(Scope.HEALTH)
        found = report(self._vitals)
        return jsonify(found), 200 if found["ok"] else 503

    def ready(self) -> tuple[Response, int]:
        """Tell whether new calls are taken; no token, for load balancers have none."""
        is_ready = self._vitals.controller.is_taking
        return jsonify(ready=is_ready), 200 if is_ready else 503

    def metrics(self) -> Response:
        """Tell Prometheus how eslflow is."""
        self._guard.admit(request.environ).demand(Scope.HEALTH)
        return Response(metrics(self._vitals), content_type="text/plain; version=0.0.4")

    def description(self) -> Response:
        """Return the OpenAPI description."""
        return Response(DESCRIPTION.read_bytes(), content_type=JSON)

    def _ask(self, call: LiveCall, wish: Wish) -> dict[str, Any]:
        """Ask the desk, and log who asked for what and what became of it."""
        what = f"{wish.by} wants {wish.want.value}"
        if wish.for_s is not None:
            what += f" for {wish.for_s:g} s"
        try:
            found = answers.ask(self._desk, call.uuid, wish)
        except Refusal as refusal:
            told = (call.uuid, what, refusal.status, refusal.error)
            log.warning("call %s: %s: %d, %s", *(_on_its_line(word) for word in told))
            raise
        log.info("call %s: %s: %s", _on_its_line(call.uuid), what, found["recording"])
        return found


def _on_its_line(word: object) -> object:
    """Return a word that stays on its line of the log."""
    return on_one_line(word) if isinstance(word, str) else word


ROUTES = (
    ("GET", "/calls", Views.calls),
    ("GET", "/calls/<name>", Views.call),
    ("POST", "/calls/<name>/recording", Views.change_call),
    ("GET", "/agents/<extension>/recording", Views.agent),
    ("POST", "/agents/<extension>/recording", Views.change_agent),
    ("POST", "/receipts", Views.receipt),
    ("POST", "/receipts/withdrawal", Views.withdraw),
    ("POST", "/reload", Views.reload),
    ("GET", "/reload/<number>", Views.reloaded),
    ("GET", "/health", Views.health),
    ("GET", "/ready", Views.ready),
    ("GET", "/metrics", Views.metrics),
    ("GET", "/openapi.json", Views.description),
)


def make_app(vitals: Vitals) -> Flask:
    """Return the application."""
    app = _Application(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    views = Views(vitals)
    for method, address, view in ROUTES:
        bound = getattr(views, view.__name__)
        app.add_url_rule(address, view.__name__, bound, methods=[method])
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.after_request(_finish)
    return app


def _body() -> bytes:
    """Return the request's body.

    Raises:
        Refusal: it says it is no JSON.
    """
    if request.mimetype != JSON:
        sent = quoted(request.mimetype) if request.mimetype else "nothing"
        hint = f"Send the header: Content-Type: {JSON}."
        raise Refusal(400, f"the content type is {sent}", hint)
    return request.get_data(cache=False)


def _refused(refusal: Refusal) -> tuple[Response, int, dict[str, str]]:
    return jsonify(refusal.body()), refusal.status, refusal.headers


def _failed(error: HTTPException) -> tuple[Response, int, dict[str, str]]:
    status = error.code or 500
    problem, hint = WORDS.get(status, (error.name, ""))
    headers = dict(error.get_headers())
    kept = {"Allow": headers["Allow"]} if "Allow" in headers else {}
    return jsonify(Refusal(status, problem, hint).body()), status, kept


def _finish(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
