"""Files that survive a kill: whole or absent, line by line."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor import files
from integrationsmonitor.errors import MonitorError

records = st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=30), st.integers(), st.none()), max_size=4)


@given(st.lists(records, max_size=6))
def test_every_record_is_read_back(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("lines") / "manifest.jsonl"
    for record in written:
        files.append_line(path, record)
    assert files.read_lines(path) == written


@given(st.lists(records, min_size=1, max_size=4), records, st.data())
def test_a_line_torn_at_any_byte_was_never_written_and_the_next_one_is(tmp_path_factory, before, torn, data):
    path = tmp_path_factory.mktemp("lines") / "manifest.jsonl"
    for record in before:
        files.append_line(path, record)
    whole = path.stat().st_size
    files.append_line(path, torn)
    cut = data.draw(st.integers(whole, path.stat().st_size - 1))
    path.write_bytes(path.read_bytes()[:cut])
    assert files.read_lines(path) == before
    files.append_line(path, {"next": 1})
    assert files.read_lines(path) == [*before, {"next": 1}]


def test_a_damaged_line_before_the_end_is_an_error_not_a_gap(tmp_path):
    path = tmp_path / "manifest.jsonl"
    for number in range(3):
        files.append_line(path, {"number": number})
    data = bytearray(path.read_bytes())
    data[12] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(MonitorError, match="line 1: checksum does not fit"):
        files.read_lines(path)


@pytest.fixture
def full_disk(monkeypatch):
    """Flushing to disk fails, as it does where space is only given then."""

    def fail(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(files.os, "fsync", fail)
        yield


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, request):
    path = tmp_path / "state"
    files.write_atomic(path, b"old")
    request.getfixturevalue("full_disk")
    with pytest.raises(
        MonitorError, match=r"state cannot be written: ENOSPC \(No space left on device\), [\d,]+ bytes"
    ):
        files.write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_line_that_does_not_fit_was_never_written(tmp_path, request):
    path = tmp_path / "manifest.jsonl"
    files.append_line(path, {"number": 1})
    before = path.read_bytes()
    request.getfixturevalue("full_disk")
    with pytest.raises(MonitorError, match="ENOSPC") as caught:
        files.append_line(path, {"number": 2})
    assert path.read_bytes() == before
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_device_that_is_really_full_is_told_with_the_space_that_is_left(tmp_path):
    path = tmp_path / "state"
    (tmp_path / f".state.{os.getpid()}-{threading.get_ident()}.tmp").symlink_to("/dev/full")
    with pytest.raises(MonitorError, match=r"ENOSPC .* run the night again"):
        files.write_atomic(path, b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MonitorError, match="cannot be written: E"), files.locked(tmp_path / "file" / "lock"):
        pytest.fail("the lock was given")


def test_a_full_disk_is_told_whoever_met_it_and_nothing_else_is_hidden(tmp_path):
    with pytest.raises(MonitorError, match=r"ENOSPC .* run the night again") as caught, files.room_to_work(tmp_path):
        raise RuntimeError('Failed to commit: Could not write file "x.wal": No space left on device')
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(RuntimeError, match="another mistake"), files.room_to_work(tmp_path):
        raise RuntimeError("another mistake")
    with pytest.raises(MonitorError, match="as it was said"), files.room_to_work(tmp_path):
        raise MonitorError("as it was said: No space left on device")


@pytest.mark.parametrize("kind", [OSError, MonitorError, RuntimeError])
def test_a_full_disk_is_told_with_the_next_step_whoever_met_it(tmp_path, kind):
    with pytest.raises(MonitorError, match=r"ENOSPC .* Make room") as told, files.room_to_work(tmp_path):
        raise kind('model x: Could not write file "warehouse.duckdb.wal": No space left on device')
    with pytest.raises(MonitorError) as again, files.room_to_work(tmp_path / "elsewhere"):
        raise told.value
    assert again.value is told.value


def test_another_error_of_the_work_goes_on_as_it_is(tmp_path):
    with pytest.raises(KeyError), files.room_to_work(tmp_path):
        raise KeyError("x")


def test_who_holds_a_lock_can_be_asked_without_writing(tmp_path):
    lock = tmp_path / "lock"
    assert not files.is_locked(lock)
    assert not lock.exists()
    with files.locked(lock):
        assert files.is_locked(lock)
    assert not files.is_locked(lock)
