"""The zip that a bundle is: one form, and nothing else is taken."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.bundle import pack
from eslflow.errors import BadBundle

STAMP = pack.stamp_of(1_795_600_000_000_000)
PARTS = {"report.html": b"<p>", "chain/000000001.json": b"{}", "audio/a.wav": b"x" * 99}


def packed(parts=PARTS, stamp=STAMP):
    out = io.BytesIO()
    pack.write(out, [(n, io.BytesIO(d)) for n, d in parts.items()], stamp)
    return out.getvalue()


def opened(data):
    return pack.Opened(io.BytesIO(data))


def refused(data):
    with pytest.raises(BadBundle) as raised:
        opened(data)
    return str(raised.value)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5))
def test_what_is_written_is_read_again_by_us_and_by_others(contents):
    parts = {f"chain/{n}.json": data for n, data in enumerate(contents)}
    data = packed(parts)
    found = opened(data)
    assert found.stamp == STAMP
    assert {name: found.read(name, 300) for name in found.parts} == parts
    with zipfile.ZipFile(io.BytesIO(data)) as others:
        assert others.testzip() is None
        assert {n: others.read(n) for n in others.namelist()} == parts
        assert others.infolist()[0].date_time == (2026, 11, 25, 9, 46, 40)


def test_every_byte_of_the_file_counts():
    data = packed()
    for at in range(len(data)):
        for mask in (1, 0x80):
            spoilt = bytearray(data)
            spoilt[at] ^= mask
            try:
                found = opened(bytes(spoilt))
                for part in found.parts.values():
                    found.sums(part)
            except BadBundle:
                continue
            # The one field that nothing else repeats is told by who knows the time.
            assert found.stamp == STAMP
            pytest.fail(f"byte {at} was changed, and nothing was said")


@pytest.mark.parametrize("cut", [0, 1, 29, 40, 120, -1, -22])
def test_what_is_cut_off_is_refused(cut):
    assert refused(packed()[:cut])


def test_what_is_more_than_a_bundle_is_refused():
    assert "what lists its parts" in refused(packed() + b"\0")
    assert "it is no zip" in refused(b"<html>")
    assert "it is no zip" in refused(b"MZ" + packed())


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd", "../x", "chain/../../x", "C:\\x", "a//b", "a/b/c", ".hidden",
        "x" * 101, "a b", "\u0430", "a/", "", "chain/\0",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name):
    raw = name.encode()
    head = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 10, 0, 0, *STAMP, 0, 0, 0, len(raw), 0
    )
    told = refused(head + raw)
    assert "no part of a bundle is named" in told
    assert "\0" not in told


def test_a_name_that_comes_twice_is_refused():
    out = io.BytesIO()
    twice = [("report.html", io.BytesIO(b"good")), ("report.html", io.BytesIO(b"bad"))]
    pack.write(out, twice, STAMP)
    assert "holds report.html twice" in refused(out.getvalue())


def test_a_bomb_is_refused_before_it_swells():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("report.html", b"\0" * 50_000_000)
    assert "report.html is compressed: it was packed again" in refused(out.getvalue())


@pytest.mark.parametrize("what", ["link", "comment", "extra", "folder"])
def test_what_else_a_zip_can_hold_is_refused(what):
    out = io.BytesIO()
    info = zipfile.ZipInfo("report.html", (2026, 11, 25, 9, 46, 40))
    with zipfile.ZipFile(out, "w") as other:
        if what == "link":
            info.external_attr = 0o120777 << 16
        if what == "comment":
            other.comment = b"read me"
        if what == "extra":
            info.extra = b"\xfe\xca\0\0"
        if what == "folder":
            info.filename = "chain/"
        other.writestr(info, b"x")
    assert refused(out.getvalue())


def test_sizes_that_are_not_so_are_refused():
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 10, 0, 0, *STAMP, 0, 9, 9, 1, 0)
    assert "a is cut off" in refused(head + b"a" + b"x" * 8)
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 10, 0, 0, *STAMP, 0, 1, 9, 1, 0)
    assert "what stands before a is not as written" in refused(head + b"a" + b"x" * 9)


def test_too_many_parts_and_too_much_are_refused(monkeypatch):
    data = packed()
    monkeypatch.setattr(pack, "MOST_PARTS", 2)
    assert "more than 2 parts" in refused(data)
    with pytest.raises(BadBundle, match="larger than 4 GB: leave recordings out"):
        packed()
    monkeypatch.undo()
    monkeypatch.setattr(pack, "MOST_BYTES", 100)
    with pytest.raises(BadBundle, match="larger than 4 GB"):
        packed()


def test_a_part_that_is_missing_or_huge_is_told():
    found = opened(packed())
    with pytest.raises(BadBundle, match="it has no rows.json: it is no whole bundle"):
        found.read("rows.json", 10)
    with pytest.raises(BadBundle, match="audio/a.wav is larger than 98 bytes"):
        found.read("audio/a.wav", 98)


def test_a_checksum_of_other_bytes_is_told():
    data = bytearray(packed({"a": b"12345"}))
    at = data.index(b"12345")
    data[at] ^= 1
    found = opened(bytes(data))
    with pytest.raises(BadBundle, match="a is damaged: its checksum is another"):
        found.sums(found.parts["a"])
    data[at] ^= 1
    assert zlib.crc32(b"12345") == opened(bytes(data)).parts["a"].crc


def test_a_time_before_there_were_zips_is_held_all_the_same():
    assert pack.stamp_of(0).day >> 9 == 0
