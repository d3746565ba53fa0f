"""Requests of calls, carried to programs that behave as badly as they can."""

import logging
import subprocess

import gevent
import pytest
from gevent import ssl
from gevent.event import AsyncResult, Event

from eslflow.call.commands import Request, Token
from eslflow.call.secret import Secret
from eslflow.switch import courier as module
from eslflow.switch.courier import Courier
from eslflow.switch.post import trusting
from tests.shop import Shop, object_of, says, unused_port

CARD = "4929581403672719"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """Let nobody wait between two tries."""
    monkeypatch.setattr(module, "PAUSE_S", 0.0)


def asks(url, courier=None, **options):
    """Send a request; return what comes of it."""
    done = AsyncResult()
    request = Request("u-1-pay-1", url, {"call": "u-1", "card": Secret(CARD)})
    courier = courier or Courier()
    courier.send("owner", request._replace(**options), done.set)
    return done.get(timeout=20)


def test_fields_go_out_as_json_with_a_name_for_the_request():
    with Shop() as shop:
        found = asks(shop.url)
        assert (found.status, found.body) == (200, b'{"status": "paid"}')
        assert (found.key, found.is_sent) == ("u-1-pay-1", True)
        assert shop.fields == [{"call": "u-1", "card": CARD}]
        head = shop.asked[0][0]
    assert head.startswith("POST /pay?shop=7 HTTP/1.1\r\n")
    for line in ("Content-Type: application/json", "Idempotency-Key: u-1-pay-1"):
        assert line in head
    assert "Authorization" not in head


@pytest.mark.parametrize("status", ["400 No", "402 Declined", "500 Oops", "302 Found"])
def test_an_answer_is_an_answer_and_nothing_is_sent_again_nor_elsewhere(status):
    with Shop() as other:
        head = f"Location: {other.url}\r\n".encode()
        with Shop(says(status, b"{}", head)) as shop:
            found = asks(shop.url, retries=3)
            assert found.status == int(status[:3])
            assert len(shop.asked) == 1
        assert other.asked == []


@pytest.mark.parametrize("status", ["502 A", "503 B", "504 C"])
def test_what_a_gateway_has_not_passed_on_is_sent_again_under_the_same_name(status):
    with Shop(says(status), says(status), object_of(status="paid")) as shop:
        assert asks(shop.url, retries=2).status == 200
        assert len({head for head, _ in shop.asked}) == 1
        assert len(shop.asked) == 3
    with Shop(says(status)) as shop:
        assert asks(shop.url, retries=1).status == int(status[:3])
        assert len(shop.asked) == 2


def test_where_nobody_listens_nothing_was_sent_and_it_is_tried_again(monkeypatch):
    tried = []
    post = module.post
    monkeypatch.setattr(module, "post", lambda *a: tried.append(a) or post(*a))
    found = asks(f"http://127.0.0.1:{unused_port()}/", retries=2)
    assert (found.status, found.is_sent) == (0, False)
    assert found.problem == "Connection refused"
    assert len(tried) == 3


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"what?\r\n\r\n", "BadStatusLine"),
        (b"", "RemoteDisconnected"),
        (says("200 OK", b"{}")[:-1], "HTTP 200, cut off 1 bytes before its end"),
        (says("200 OK", b"x" * (1 << 20)), "HTTP 200 with more than 65536 bytes"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}",
            "IncompleteRead",
        ),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "HTTPException"),
    ],
)
def test_an_answer_that_is_none_is_told_and_never_asked_for_again(answer, problem):
    with Shop(answer) as shop:
        found = asks(shop.url, retries=3)
        assert (found.status, found.is_sent) == (0, True)
        assert found.problem == problem
        assert len(shop.asked) == 1


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_who_does_not_answer_is_waited_for_so_long_and_no_longer(how):
    with Shop() as shop:
        shop._answers = [getattr(shop, how)]
        found = asks(shop.url, timeout_s=0.4, retries=3)
        assert (found.problem, found.is_sent) == ("no answer in 0.4 s", True)
        assert len(shop.asked) == 1


def test_only_so_many_are_under_way_and_who_waits_for_a_turn_has_sent_nothing():
    courier = Courier(most=1)
    with Shop() as shop:
        shop._answers = [shop.hangs]
        first = AsyncResult()
        courier.send("a", Request("k-1", shop.url, {}, timeout_s=20), first.set)
        second = AsyncResult()
        courier.send("b", Request("k-2", shop.url, {}, timeout_s=0.3), second.set)
        found = second.get(timeout=20)
        assert (found.problem, found.is_sent) == ("no answer in 0.3 s", False)
        assert not courier.settle(0)
        shop.closes.set()
        assert courier.settle(5)


def test_what_has_not_left_is_not_sent_once_its_call_is_over():
    courier = Courier(most=1)
    told = []
    with Shop() as shop:
        shop._answers = [shop.hangs, object_of()]
        courier.send("a", Request("k-1", shop.url, {}, timeout_s=20), told.append)
        courier.send("b", Request("k-2", shop.url, {}, timeout_s=20), told.append)
        gevent.idle()
        courier.left("b")
        courier.recall("k-3")
        shop.closes.set()
        assert courier.settle(5)
        assert len(shop.asked) == 1
    assert [found.key for found in told] == ["k-1"]


def test_what_has_left_runs_to_its_end_and_that_is_told(caplog):
    courier = Courier()
    told = []
    with Shop() as shop:
        arrived = Event()

        def late(sock):
            arrived.set()
            shop.closes.wait()
            sock.sendall(says("201 Created", b"{}"))

        shop._answers = [late]
        courier.send("a", Request("k-1", shop.url, {}, timeout_s=20), told.append)
        arrived.wait(20)
        courier.left("a")
        shop.closes.set()
        assert courier.settle(5)
    assert told == []
    assert "webhook k-1 was sent, and the call did not wait" in caplog.text
    assert "HTTP 201" in caplog.text


def test_a_token_is_read_when_it_is_needed(tmp_path, monkeypatch):
    file = tmp_path / "token"
    file.write_text("s3cr3t\n")
    monkeypatch.setenv("PAY_TOKEN", "from-outside")
    with Shop() as shop:
        asks(shop.url, token=Token(str(file)))
        asks(shop.url, token=Token(str(file), header="X-Api-Key"))
        asks(shop.url, token=Token(env="PAY_TOKEN"))
        heads = [head for head, _ in shop.asked]
    assert "Authorization: Bearer s3cr3t" in heads[0]
    assert "X-Api-Key: s3cr3t" in heads[1]
    assert "Authorization: Bearer from-outside" in heads[2]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (None, "No such file or directory"),
        (b"", "it must be one word of plain text"),
        (b"two words", "it must be one word of plain text"),
        (b"a\r\nX-Evil: 1", "it must be one word of plain text"),
        (b"\xff\xfe", "it is not plain text"),
    ],
)
def test_without_its_token_nothing_is_sent(tmp_path, written, problem):
    file = tmp_path / "token"
    if written is not None:
        file.write_bytes(written)
    with Shop() as shop:
        found = asks(shop.url, token=Token(str(file)))
        assert shop.asked == []
    assert found.problem == f"no token in {file}: {problem}"
    assert not found.is_sent


def test_an_environment_without_the_token_is_told():
    with Shop() as shop:
        found = asks(shop.url, token=Token(env="ESLFLOW_NO_SUCH"))
        assert shop.asked == []
    assert "the environment variable ESLFLOW_NO_SUCH" in found.problem


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a certificate that nobody has signed; return it, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout {key}"
    words += f" -out {cert} -addext subjectAltName=IP:127.0.0.1"
    done = subprocess.run(["openssl", *words.split()], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs openssl")
    return cert, key


def serving(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_gets_no_card(certificate):
    with Shop(context=serving(certificate)) as shop:
        found = asks(shop.url)
        assert shop.asked == []
    assert not found.is_sent
    assert found.problem.startswith("its certificate is not accepted")


def test_a_certificate_that_is_trusted_gets_it(certificate):
    trusted = trusting(str(certificate[0]))
    with Shop(context=serving(certificate)) as shop:
        assert asks(shop.url, Courier(trusted)).status == 200
        name = shop.url.replace("127.0.0.1", "localhost")
        found = asks(name, Courier(trusted))
    assert found.problem.startswith("its certificate is not accepted")
    assert not found.is_sent


def test_a_program_that_does_not_say_hello_holds_nobody_up():
    with Shop() as shop:
        shop._answers = [shop.hangs]
        where = shop.url.replace("http:", "https:")
        done = AsyncResult()
        Courier().send("a", Request("k", where, {}, timeout_s=0.5), done.set)
        others = gevent.spawn(lambda: asks(shop.url, timeout_s=0.3))
        assert not done.get(timeout=20).is_sent
        assert others.get(timeout=20).is_sent


def test_a_fault_of_ours_ends_the_wait_and_shows_nothing(caplog, monkeypatch):
    def breaks(*_):
        raise KeyError(CARD)

    monkeypatch.setattr(module, "post", breaks)
    found = asks("http://127.0.0.1/")
    assert found.problem == "a fault of eslflow, see the log"
    assert "KeyError" in caplog.text
    assert CARD not in caplog.text


def test_nothing_that_is_sent_is_logged(caplog, capsys):
    caplog.set_level(logging.DEBUG)
    with Shop(says("500 x", CARD.encode())) as shop:
        asks(shop.url)
    assert CARD not in caplog.text
    assert CARD not in "".join(capsys.readouterr())
