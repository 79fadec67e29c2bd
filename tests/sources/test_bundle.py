"""Answers of many requests kept as one: what goes in comes out, equal answers are equal bytes, nothing else passes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import bundle
from integrationsmonitor.sources.bundle import Part

ERFURT = Part("16051.json", "16051", "Erfurt, Stadt", "pc/v1/x?Kreis=Erfurt%2C%20Stadt", b"[1010]")
GOTHA = Part("16067.json", "16067", "Gotha", "pc/v1/x?Kreis=Gotha", b"[1020]")
KEYS = st.lists(st.sampled_from(["DG", "16", "16051", "16067", "16070"]), min_size=1, unique=True)


@given(KEYS, st.binary(max_size=200), st.text(max_size=20), st.randoms())
def test_what_is_packed_comes_out_whatever_its_order(keys, body, name, random):
    parts = [Part(f"{key}.json", key, name, f"x?{key}", body + key.encode()) for key in keys]
    shuffled = random.sample(parts, len(parts))
    assert bundle.pack(shuffled) == bundle.pack(parts)
    assert bundle.open_bundle(bundle.pack(parts), "d", "f") == sorted(parts, key=lambda part: part.name)


@given(st.data())
def test_a_damaged_bundle_is_refused_or_says_the_same(data):
    good = bundle.pack([ERFURT, GOTHA])
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    try:
        found = bundle.open_bundle(bad, "d", "f")
    except ContractError:
        return
    assert found == [ERFURT, GOTHA]


def test_the_content_is_that_of_the_bodies_and_not_of_spellings_or_addresses():
    moved = [Part(part.name, part.region_key, "", "elsewhere", part.body) for part in (GOTHA, ERFURT)]
    assert bundle.content_sha256(moved) == bundle.content_sha256([ERFURT, GOTHA])
    other = Part(GOTHA.name, GOTHA.region_key, GOTHA.region_name, GOTHA.url, b"[1021]")
    assert bundle.content_sha256([ERFURT, other]) != bundle.content_sha256([ERFURT, GOTHA])


def _rewritten(change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle.pack([ERFURT, GOTHA]))) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _index(change: Callable[[list[dict[str, str]]], object]) -> Callable[[dict[str, bytes]], None]:
    def rewrite(members: dict[str, bytes]) -> None:
        index = json.loads(members[bundle.INDEX])
        change(index)
        members[bundle.INDEX] = json.dumps(index).encode()

    return rewrite


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda members: members.pop(bundle.INDEX), "requests.json"),
        (lambda members: members.pop("16067.json"), "16067.json"),
        (lambda members: members.update({"16070.json": b"[]"}), "16070.json"),
        (lambda members: members.update({bundle.INDEX: b"{}"}), "no list of requests"),
        (_index(lambda index: index[1].update(region_key="16051")), "16051 twice"),
        (_index(lambda index: index[0].pop("url")), "url"),
    ],
)
def test_a_member_too_many_or_too_few_is_refused(change, words):
    with pytest.raises(ContractError, match=words):
        bundle.open_bundle(_rewritten(change), "d", "f")


def test_a_name_that_is_a_path_is_refused():
    wild = Part("../16051.json", "16051", "", "x", b"[]")
    with pytest.raises(ContractError, match="plain member names"):
        bundle.open_bundle(bundle.pack([wild]), "d", "f")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(bundle, "MAX_BYTES", 1000)
    big = Part("16051.json", "16051", "", "x", bytes(2000))
    with pytest.raises(ContractError, match="at most 1,000 bytes"):
        bundle.open_bundle(bundle.pack([big]), "d", "f")
