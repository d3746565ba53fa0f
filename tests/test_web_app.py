"""The control API's addresses, each answer held against its description."""

import logging

import pytest

from eslflow.call.receipt import receipt_of
from eslflow.call.records import CallOffered, Choice, State
from eslflow.call.wishes import Answered, Want, Wish
from eslflow.errors import LinkLost
from eslflow.ledger.writer import Ledger as Store
from eslflow.ledger.writer import write
from eslflow.web.app import HEADERS, ROUTES, make_app
from eslflow.web.guard import Guard
from eslflow.web.health import Vitals
from eslflow.web.receipts import Receipts
from eslflow.web.reloads import Wanted
from eslflow.web.scopes import Scope
from eslflow.web.token_file import add
from eslflow.web.tokens import Token, Tokens, digest
from tests.desks import ANNA, BEN, NOW, WAITING, TableController, TableDesk
from tests.web import DOCUMENT, Client, described

SECRETS = {
    "all": Token("all", digest("all"), tuple(Scope)),
    "page": Token("page", digest("page"), (Scope.MASK, Scope.UNMASK), ("1001",)),
    "look": Token("look", digest("look"), (Scope.CALLS,)),
    "watch": Token("watch", digest("watch"), (Scope.HEALTH,)),
}


class Clock:
    def now(self):
        return NOW


class Health:
    problem = ""
    waiting = 0
    has_spilled = False
    refused = ""


class Reloads:
    """What reloads: each report is final when it is asked for."""

    def __init__(self):
        self.problem = ""
        self.asked = []

    def ask(self, wanted):
        self.asked.append(wanted)
        return len(self.asked)

    def wait(self, number, seconds):
        if not 1 <= number <= len(self.asked):
            return None
        more = {"code": 0, "told": "", "flows": [], "restart": ["listen"]}
        return {"reload": number, "state": "served" if seconds else "waiting", **more}


class Ledger:
    def health(self):
        return Health()


@pytest.fixture
def desk():
    return TableDesk()


@pytest.fixture
def controller(desk):
    return TableController(desk)


@pytest.fixture
def reloads():
    return Reloads()


@pytest.fixture
def app(tmp_path, controller, reloads):
    for token in SECRETS.values():
        add(tmp_path / "tokens.yaml", token)
    guard = Guard(Tokens(tmp_path / "tokens.yaml"), Clock())
    receipts = Receipts(tmp_path / "eslflow.db", Clock())
    return make_app(
        Vitals(controller, Ledger(), None, guard, receipts, reloads=reloads)
    )


@pytest.fixture
def client(app):
    return lambda token="": Client(app, token)


@pytest.fixture
def all_(client):
    return client("all")


def test_live_calls_are_listed_and_shown(all_):
    calls = all_.get("/calls").get_json()["calls"]
    assert [call["call"] for call in calls] == [ANNA, BEN, WAITING]
    assert all_.get(f"/calls/{WAITING[:8]}").get_json() == calls[2]
    assert all_.get("/calls/99999999").status_code == 404


def test_a_mask_is_answered_with_the_state_and_its_end(all_, desk, caplog):
    caplog.set_level(logging.INFO)
    answer = all_.post(f"/calls/{ANNA}/recording", want="masked", for_="180s")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "call": ANNA,
        "recording": "masked",
        "until": "2026-11-25T00:03:00.000Z",
    }
    assert desk.asked == [(ANNA, Wish(Want.MASKED, "token all", 180.0))]
    assert f"call {ANNA}: token all wants masked for 180 s: masked" in caplog.text


def test_a_payment_page_masks_by_agent_and_looks(client, desk):
    page = client("page")
    path = "/agents/1001/recording"
    assert page.get(path).get_json()["recording"] == "on"
    assert page.post(path, want="masked").get_json()["until"] is None
    assert page.get(path).get_json()["recording"] == "masked"
    assert page.post(path, want="on").get_json()["recording"] == "on"
    assert [uuid for uuid, _ in desk.asked] == [ANNA, ANNA]


def test_an_agent_on_two_calls_masks_both(all_, desk):
    desk.put(desk.calls()[1]._replace(agent="1001"))
    path = "/agents/1001/recording"
    answer = all_.post(path, want="masked").get_json()
    assert (answer["call"], answer["others"][0]["call"]) == (ANNA, BEN)
    assert "others" in all_.get(path).get_json()
    assert all_.post(path, want="on").status_code == 409
    assert len(desk.asked) == 2


@pytest.mark.parametrize(
    ("token", "method", "path", "wish", "missing"),
    [
        ("page", "GET", "/calls", None, "calls:read"),
        ("page", "GET", f"/calls/{ANNA}", None, "calls:read"),
        ("page", "GET", "/health", None, "health:read"),
        ("page", "GET", "/metrics", None, "health:read"),
        ("page", "POST", f"/calls/{ANNA}/recording", "off", "recording:stop"),
        ("page", "POST", "/agents/1001/recording", "off", "recording:stop"),
        ("look", "POST", f"/calls/{ANNA}/recording", "off", "recording:mask or"),
        ("watch", "GET", "/agents/1001/recording", None, "calls:read or"),
        ("page", "POST", "/agents/1002/recording", "masked", "for agent '1002'"),
        ("page", "GET", "/agents/1002/recording", None, "for agent '1002'"),
    ],
)
def test_a_token_can_do_what_its_scopes_say(
    client, desk, token, method, path, wish, missing
):
    asker = client(token)
    answer = asker.get(path) if method == "GET" else asker.post(path, want=wish)
    assert answer.status_code == 403
    assert missing in answer.get_json()["error"]
    assert desk.asked == []


def test_a_token_for_one_agent_cannot_touch_another_ones_call(client, desk):
    answer = client("page").post(f"/calls/{BEN}/recording", want="masked")
    assert answer.status_code == 404
    assert desk.asked == []


@pytest.mark.parametrize(("method", "path", "view"), ROUTES)
def test_without_a_token_only_what_is_no_secret_is_told(client, method, path, view):
    path = path.replace("<name>", ANNA).replace("<extension>", "1001")
    is_open = path in ("/ready", "/openapi.json")
    asker = client()
    answer = asker.get(path) if method == "GET" else asker.post(path, want="off")
    assert answer.status_code == (200 if is_open else 401)
    assert ("WWW-Authenticate" in answer.headers) is not is_open
    wrong = client("wrong").raw(method, path, json={"want": "off"})
    assert wrong.status_code == answer.status_code


def test_guessing_is_slowed_down(client):
    for _ in range(10):
        client("guess").get("/calls")
    answer = client("guess").get("/calls")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")


@pytest.mark.parametrize(
    ("wish", "status", "told"),
    [
        ({"want": "masked", "for": 180}, 400, "Write 180s for seconds."),
        ({"wnat": "on"}, 400, "Did you mean 'want'?"),
        ({"want": "x" * 5000}, 413, "longer than 4096 bytes"),
    ],
)
def test_a_bad_wish_is_told(all_, desk, wish, status, told):
    answer = all_.raw("POST", f"/calls/{ANNA}/recording", json=wish)
    assert answer.status_code == status
    assert told in answer.text
    assert desk.asked == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_refused(all_, desk, kind):
    path = f"/calls/{ANNA}/recording"
    answer = all_.raw("POST", path, data='{"want": "off"}', content_type=kind)
    assert answer.status_code == 400
    assert "Content-Type: application/json" in answer.get_json()["hint"]
    assert desk.asked == []


def test_a_wish_that_cannot_hold_is_told_why(all_, desk, caplog):
    desk.answer = lambda uuid, wish: Answered(
        uuid, "masked", False, "step is masked", is_refused=True
    )
    answer = all_.post(f"/calls/{ANNA}/recording", want="on")
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "step is masked"
    assert answer.get_json()["recording"] == "masked"
    assert "token all wants on: 409, step is masked" in caplog.text


def test_a_switch_that_does_not_confirm_is_told(all_, desk):
    def lose(uuid, wish):
        raise LinkLost("the control link is down")

    desk.answer = lose
    assert all_.post(f"/calls/{ANNA}/recording", want="off").status_code == 503


def test_a_reload_is_begun_with_a_note_and_asked_for(all_, reloads):
    begun = all_.post("/reload", note="shorter")
    assert begun.get_json()["state"] == "waiting"
    assert reloads.asked == [Wanted("reload", "token all", "shorter")]
    assert all_.get("/reload/1").get_json()["state"] == "served"
    for other in ("2", "0", "-1", "x", "9" * 1500):
        assert all_.get(f"/reload/{other}").status_code == 404
    assert all_.post("/reload").status_code == 200


@pytest.mark.parametrize("wish", [{"not": "x"}, {"note": 1}, {"note": "x" * 501}])
def test_a_reload_with_a_bad_note_is_none(all_, reloads, wish):
    assert all_.post("/reload", **wish).status_code == 400
    assert reloads.asked == []


def test_a_reload_takes_a_scope_of_its_own(client, reloads):
    assert client("watch").post("/reload").status_code == 403
    assert client("watch").get("/reload/1").status_code == 403
    assert reloads.asked == []


def test_a_refused_reload_is_told_in_health(client, reloads):
    reloads.problem = "a.yaml:1: bad"
    answer = client("watch").get("/health")
    assert answer.status_code == 503
    assert answer.get_json()["flows"] == {"ok": False, "problem": "a.yaml:1: bad"}
    assert 'eslflow_ok{part="flows"} 0.0' in client("watch").get("/metrics").text


def test_an_eslflow_that_does_not_reload_says_so(tmp_path, controller):
    guard = Guard(Tokens(tmp_path / "tokens.yaml"), Clock())
    add(tmp_path / "tokens.yaml", SECRETS["all"])
    receipts = Receipts(tmp_path / "eslflow.db", Clock())
    app = make_app(Vitals(controller, Ledger(), None, guard, receipts))
    assert Client(app, "all").post("/reload").status_code == 503
    assert Client(app, "all").get("/reload/1").status_code == 503
    assert Client(app, "all").get("/health").get_json()["flows"] is None


def test_health_and_metrics_tell_the_same(client, controller):
    watch = client("watch")
    assert watch.get("/health").get_json()["calls"] == 3
    assert 'eslflow_calls{recording="on"} 3.0' in watch.get("/metrics").text
    assert client().get("/ready").get_json() == {"ready": True}
    controller.is_taking = False
    assert client().get("/ready").status_code == 503


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "//calls", 404),
        ("GET", "/calls/", 404),
        ("GET", "/calls/a/b", 404),
        ("GET", "/%00%ff/%2e%2e/etc", 404),
        ("DELETE", f"/calls/{ANNA}", 405),
        ("OPTIONS", "/calls", 405),
        ("PUT", f"/calls/{ANNA}/recording", 405),
    ],
)
def test_what_is_not_there_is_told_as_json(all_, method, path, status):
    answer = all_.raw(method, path)
    assert answer.status_code == status
    assert set(answer.get_json()) == {"error", "hint"}
    assert ("Allow" in answer.headers) is (status == 405)


def test_nothing_invites_a_browser(all_):
    for answer in (all_.get("/calls"), all_.raw("GET", "/none")):
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        told = " ".join(answer.headers.keys()).lower()
        assert "access-control" not in told
        assert "cookie" not in told
        assert "server" not in told


def test_a_fault_of_ours_is_logged_on_one_line_and_told_as_json(all_, desk, caplog):
    def break_(uuid, wish):
        raise ZeroDivisionError

    desk.answer = break_
    answer = all_.raw("POST", f"/calls/{ANNA}/recording", json={"want": "off"})
    assert answer.status_code == 500
    assert answer.get_json()["error"] == "eslflow failed; the calls go on"
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in answer.text


def test_every_address_is_described_and_every_description_is_one():
    described_ = {
        (method.upper(), path)
        for path, item in DOCUMENT["paths"].items()
        for method in item
        if method != "parameters"
    }
    routes = {
        (method, path.replace("<", "{").replace(">", "}")) for method, path, _ in ROUTES
    }
    assert described_ == routes
    for method, path, view in ROUTES:
        found = described(method, path.replace("<", "{").replace(">", "}"))
        assert found["operationId"] == view.__name__
        assert found["summary"]


def test_the_description_knows_every_scope():
    named = {
        scope
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
        for security in operation["security"]
        for scope in security["token"]
    }
    assert named <= {str(scope) for scope in Scope}
    text = str(DOCUMENT)
    assert all(str(scope) in text for scope in Scope)


def test_the_description_is_served_as_it_is(client):
    assert client().raw("GET", "/openapi.json").get_json() == DOCUMENT


CODE = receipt_of(ANNA)
CLAIM = {"receipt": CODE, "caller": "030 111111"}


@pytest.fixture
def told(tmp_path):
    """Let a caller have agreed, and have been told the receipt."""
    path = tmp_path / "eslflow.db"
    Store(path).close()
    row = Choice(ANNA, 5, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
    call = CallOffered(ANNA, "inbound", "+4930111111", "", "1", "f", "0", "e", 1)
    write(path, [call, row._replace(receipt=CODE)])


@pytest.mark.usefixtures("told")
def test_a_receipt_tells_what_holds_and_withdraws_it(all_, desk, caplog):
    caplog.set_level(logging.INFO)
    desk.end(ANNA)
    assert all_.post("/receipts", **CLAIM).get_json() == {"state": "permitted"}
    answer = all_.post("/receipts/withdrawal", **CLAIM)
    assert (answer.status_code, answer.get_json()) == (200, {"state": "withdrawn"})
    assert all_.post("/receipts", **CLAIM).get_json() == {"state": "withdrawn"}
    assert all_.post("/receipts/withdrawal", **CLAIM).status_code == 404
    assert f"call {ANNA}: token all withdraws" in caplog.text
    assert desk.asked == []


@pytest.mark.usefixtures("told")
def test_a_withdrawal_in_a_call_that_goes_on_stops_its_recording(all_, desk):
    assert all_.post("/receipts/withdrawal", **CLAIM).status_code == 200
    assert desk.asked == [(ANNA, Wish(Want.OFF, "token all"))]


@pytest.mark.usefixtures("told")
def test_a_withdrawal_whose_stop_is_not_confirmed_is_not_said_to_be_done(all_, desk):
    desk.answer = lambda uuid, wish: Answered(uuid, "on", False, "no answer")
    answer = all_.post("/receipts/withdrawal", **CLAIM)
    assert answer.status_code == 503
    assert all_.post("/receipts", **CLAIM).get_json() == {"state": "withdrawn"}


@pytest.mark.usefixtures("told")
def test_a_receipt_of_another_number_is_unknown(all_):
    for address in ("/receipts", "/receipts/withdrawal"):
        answer = all_.post(address, **CLAIM | {"caller": "030 999999"})
        assert answer.status_code == 404
        error = "nobody with this number was told this receipt"
        assert answer.get_json()["error"] == error


def test_a_ledger_that_cannot_be_read_is_no_answer(all_):
    assert all_.post("/receipts", **CLAIM).status_code == 503


@pytest.mark.parametrize("address", ["/receipts", "/receipts/withdrawal"])
def test_receipts_take_scopes_of_their_own(client, address):
    answer = client("watch").post(address, **CLAIM)
    assert answer.status_code == 403
    assert "takes the scope consents:" in answer.get_json()["error"]
    assert client("all").post(address, receipt="1").status_code == 400
