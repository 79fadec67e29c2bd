"""The BA's own names of regions. Comes in: the list that its web forms load. Goes out: our key to the BA's name.

The list is JSON behind a JavaScript assignment; it is never run. How its objects are nested is not documented, so the
whole of it is searched for objects with `Filtername`, `BA_SCHL` and `DESC`. Refuses: anything but one assignment, a
list over the limits, a Kreis of Thüringen that is missing, unknown or no longer exists, and any name that does not fit
ours (`Erfurt, Stadt` for a kreisfreie Stadt, the plain name for a Landkreis).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from integrationsmonitor.dataset import LAST_DAY
from integrationsmonitor.errors import ContractError

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Region

LIST_PATH = "Auswahl/Layout/Statistiktabellen/JS/DR-LZR-persistListenfelderJSON.js"
FILENAME = LIST_PATH.rsplit("/", 1)[1]
MAX_BYTES = 8 * 1024 * 1024
MAX_OBJECTS = 100_000
_ASSIGNMENT = re.compile(r"\s*var\s+persistListenfelderJSON\s*=")
_FILTER, _KEY, _NAME = "Filtername", "BA_SCHL", "DESC"
_KREIS = "Kreis"
_THUERINGEN = "16"
_HINT = "The list of the BA's web forms has changed; compare it with sources/ba_regions.py"
Entry = tuple[str, str, str]


def region_names(data: bytes, regions: Mapping[str, Region], dataset_id: str) -> dict[str, str]:
    """The BA's name of every Kreis of Thüringen of today, by our key."""
    names = _kreise(_entries(_parsed(data, dataset_id), dataset_id), regions, dataset_id)
    today = {key for key, region in regions.items() if region.level == "kreis" and region.exists_at(LAST_DAY)}
    if missing := sorted(today - names.keys()):
        wanted = f"a Kreis {missing[0]} ({regions[missing[0]].name})"
        raise _refuse(dataset_id, "the Kreise", wanted, f"{len(names)} others")
    return names


def _kreise(entries: Iterable[Entry], regions: Mapping[str, Region], dataset_id: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for word, key, name in entries:
        if word != _KREIS or not key.startswith(_THUERINGEN):
            continue
        ags = key[:5]
        region = regions.get(ags)
        if not re.fullmatch(r"[0-9]{5,}", key) or region is None or not region.exists_at(LAST_DAY):
            raise _refuse(dataset_id, "the Kreise", "Kreise of Thüringen that exist today", f"{key} ({name})")
        fitting = f"{region.name}, Stadt" if region.kind == "kreisfreie Stadt" else region.name
        if name != fitting:
            raise _refuse(dataset_id, f"Kreis {ags}", f"the name {fitting!r}", repr(name))
        names[ags] = name
    return names


def _parsed(data: bytes, dataset_id: str) -> Any:
    """The JSON behind the assignment."""
    if len(data) > MAX_BYTES:
        raise _refuse(dataset_id, "the whole file", f"at most {MAX_BYTES:,} bytes", f"{len(data):,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _refuse(dataset_id, f"byte {problem.start}", "UTF-8", "other bytes") from None
    assignment = _ASSIGNMENT.match(text)
    if assignment is None:
        raise _refuse(dataset_id, "the beginning", "'var persistListenfelderJSON = …;'", repr(text[:60]))
    try:
        return json.loads(text[assignment.end() :].strip().removesuffix(";"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as problem:
        raise _refuse(dataset_id, "the whole file", "JSON behind the assignment", str(problem)[:120]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    for key in (_FILTER, _KEY, _NAME):
        if sum(name == key for name, _ in pairs) > 1:
            raise ValueError(f"{key} stands twice in one object")
    return found


def _entries(found: Any, dataset_id: str) -> Iterator[Entry]:
    """All objects that name a region, wherever they stand."""
    left, seen = [found], 0
    while left:
        thing = left.pop()
        seen += 1
        if seen > MAX_OBJECTS:
            raise _refuse(dataset_id, "the whole file", f"at most {MAX_OBJECTS:,} values", "more")
        if isinstance(thing, dict):
            if isinstance(thing.get(_FILTER), str) and _KEY in thing and _NAME in thing:
                yield thing[_FILTER], str(thing[_KEY]), str(thing[_NAME])
            left.extend(value for value in thing.values() if isinstance(value, dict | list))
        elif isinstance(thing, list):
            left.extend(value for value in thing if isinstance(value, dict | list))


def _refuse(dataset_id: str, where: str, expected: str, found: str) -> ContractError:
    return ContractError(dataset_id, FILENAME, where, expected, found, _HINT)
