"""How offices spell the Kreise of Thüringen. Comes in: the regions. Goes out: every spelling and its region.

`Erfurt`, `Erfurt, Stadt` and `Stadt Erfurt` are the kreisfreie Stadt; `Gotha` and `Landkreis Gotha` the Landkreis; the
Land is `Thüringen` or `Land Thüringen`. Nothing else names a region: `Stadt Gotha` is a town in a Landkreis, and no
part of a text and no likeness counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrationsmonitor.catalog import Region

_LAND = "16"


def by_spelling(regions: Mapping[str, Region], *, with_land: bool = False) -> dict[str, Region]:
    """Every spelling of the Kreise, dissolved ones included, and where wanted of the Land, to its region."""
    kreise = [region for region in regions.values() if region.level == "kreis"]
    found = {spelling: region for region in kreise for spelling in spellings(region)}
    if with_land:
        found |= {regions[_LAND].name: regions[_LAND], f"Land {regions[_LAND].name}": regions[_LAND]}
    return found


def spellings(region: Region) -> tuple[str, ...]:
    """The spellings of one Kreis."""
    if region.kind == "Landkreis":
        return region.name, f"Landkreis {region.name}"
    return region.name, f"{region.name}, Stadt", f"Stadt {region.name}"
