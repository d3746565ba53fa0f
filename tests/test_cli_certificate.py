"""The certificate of an erasure."""

from eslflow.cli.certificate import certificate

FOUND = {
    "seq": 3,
    "kind": "subject",
    "at": 1_800_000_000_000_000,
    "who": "dpo",
    "reason": "file 17",
    "place": 41,
    "hash": "ab" * 32,
    "subject": "cd" * 32,
    "words": 2,
    "left": 1,
    "done": [
        {
            "at": 1_800_000_009_000_000,
            "calls": 3,
            "recordings": 1,
            "words": 4,
            "place": 44,
            "hash": "ef" * 32,
        }
    ],
    "files": [
        {
            "at": 1_800_000_005_000_000,
            "recording_id": "u-1-1",
            "reply": "1 file removed",
            "purposes": "training",
            "sha256": "12" * 32,
        },
        {
            "at": 1_800_000_005_000_000,
            "recording_id": "u-1-2",
            "reply": "0 files removed",
            "purposes": "training",
            "sha256": None,
        },
    ],
}


def test_it_says_what_was_deleted_when_by_whom_why_and_where_that_stands():
    told = certificate(FOUND, b"\1" * 16)
    for words in (
        "Certificate of erasure 3\n  All that names a person was to be erased.\n",
        "by dpo\n  because   file 17\n",
        f"in chain  place 41, {'ab' * 32}\n",
        f"person    hmac-sha256 {'cd' * 32}\n  key       {'01' * 16}\n",
        "deleted: 2 texts about the person",
        "the person is named no more in 3 calls;\n"
        "            deleted: 1 recording, 4 texts\n",
        f"in chain  place 44, {'ef' * 32}\n",
        "to do     1 call: still going on, or a file is still there\n",
        f"u-1-1: 1 file removed, for training\n            sha256 {'12' * 32}\n",
    ):
        assert words in told
    assert told.endswith("u-1-2: 0 files removed, for training")


def test_what_there_is_not_is_not_told():
    own = {"kind": "retention", "who": "", "reason": "", "subject": "", "left": 0}
    told = certificate({**FOUND, **own, "done": [], "files": []})
    assert told.splitlines()[1] == (
        "  Recordings were deleted whose purposes let them be kept no longer."
    )
    assert "by eslflow" in told
    for word in ("person", "key", "to do", "because", "at once"):
        assert f"  {word}" not in told


def test_nothing_in_it_moves_the_cursor():
    assert "\x1b" not in certificate({**FOUND, "reason": "\x1b[2J"})
