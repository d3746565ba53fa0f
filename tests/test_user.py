"""Who is named."""

import os
import pwd

import pytest

from eslflow.user import who


@pytest.fixture
def name():
    return pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture(autouse=True)
def sudo(monkeypatch):
    monkeypatch.delenv("SUDO_USER", raising=False)


def test_it_is_the_user_of_the_process_whatever_the_environment_says(name, monkeypatch):
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "eve")
    assert who() == name


def test_who_used_sudo_is_named_too(name, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "anne")
    assert who() == f"{name} (sudo by anne)"
    monkeypatch.setenv("SUDO_USER", name)
    assert who() == name


def test_a_user_without_a_name_has_a_number(monkeypatch):
    monkeypatch.setattr("pwd.getpwuid", lambda uid: {}[uid])
    assert who() == f"uid-{os.getuid()}"
