"""The command line asks a running eslflow."""

import os
import socket
import threading
from pathlib import Path

import pytest

from eslflow.errors import EslflowError
from eslflow.user import who
from eslflow.web.client import SOCKET, ask, health, is_running


@pytest.fixture
def serve(tmp_path):
    """Answer one request on the site's socket; return what was asked."""
    threads = []

    def start(answer):
        asked = []
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / SOCKET))
        listener.listen()

        def run():
            with listener, listener.accept()[0] as peer:
                asked.append(request(peer.makefile("rb")))
                peer.sendall(answer)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return asked

    yield start
    for thread in threads:
        thread.join()


def request(file):
    """Return a request, all of it: head and body come one after the other."""
    lines = list(iter(file.readline, b"\r\n"))
    length = sum(int(line[15:]) for line in lines if line.startswith(b"Content-Length"))
    return b"".join([*lines, b"\r\n", file.read(length)]).decode()


def http(status, body):
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def refused(site):
    with pytest.raises(EslflowError) as caught:
        ask(site, "GET", "/calls")
    return str(caught.value)


def test_it_says_who_asks_for_what(tmp_path, serve, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "anna")
    asked = serve(http(200, '{"recording": "masked"}'))
    found = ask(tmp_path, "POST", "/calls/a/recording", {"want": "masked"})
    assert found == {"recording": "masked"}
    assert asked[0].startswith("POST /calls/a/recording HTTP/1.1\r\n")
    assert f"Eslflow-User: {who()}\r\n" in asked[0]
    assert who().endswith("(sudo by anna)")
    assert asked[0].endswith('{"want": "masked"}')


def test_the_folder_one_is_in_is_told_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused(Path()).startswith(f"no eslflow runs in {tmp_path}. Start it: ")


def test_a_refusal_is_told_with_its_hint(tmp_path, serve):
    serve(http(409, '{"error": "the step is masked", "hint": "Wait."}'))
    assert refused(tmp_path) == "the step is masked\nWait."


def test_one_that_is_not_well_says_so(tmp_path, serve):
    serve(http(503, '{"ok": false, "calls": 2}'))
    assert health(tmp_path) == {"ok": False, "calls": 2}


def test_without_a_server_it_says_how_to_start_one(tmp_path):
    told = f"no eslflow runs in {tmp_path}. Start it: eslflow --site {tmp_path} serve"
    assert refused(tmp_path) == told
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET))
    assert refused(tmp_path) == told


@pytest.mark.parametrize("answer", [b"", b"HTTP/9", http(200, "no JSON")])
def test_nonsense_is_told(tmp_path, serve, answer):
    serve(answer)
    assert "eslflow does not answer on" in refused(tmp_path)


def test_a_path_too_long_for_a_socket_is_told(tmp_path):
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    assert "AF_UNIX path too long" in refused(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every socket")
def test_another_users_socket_is_told(tmp_path, serve):
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(str(tmp_path / SOCKET))
        (tmp_path / SOCKET).chmod(0)
        assert "become that one" in refused(tmp_path)


def test_whether_an_eslflow_runs_is_seen_by_its_socket(tmp_path):
    assert not is_running(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / SOCKET))
        assert not is_running(tmp_path)
        listener.listen()
        assert is_running(tmp_path)
    assert not is_running(tmp_path)
    # What cannot be asked may be there.
    assert is_running(tmp_path / ("x" * 120))
