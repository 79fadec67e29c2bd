"""Indicators computed a second time, in plain Python out of the raw files: nothing here is shared with the project.

Comes in: the folder with the recordings and the one with the quoted figures. Goes out: every value that the rules of
the sources allow, by indicator, variant, region and last day. What a sign means, which basis a day has and which Kreise
there were is written down once more, from the tables' own notes.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

Key = tuple[str, str, str, str]  # indicator, variant, region, last day
Cells = Mapping[tuple[str, str], Decimal]  # region, last day → figure

KREISE = {"16051", "16052", "16053", "16054", "16055", "16056", *(str(key) for key in range(16061, 16078))}
EISENACH, MERGED = "16056", "2021-07-01"
AGES_BELOW_18 = ("ALT000B03", "ALT003B06", "ALT006B10", "ALT010B15", "ALT015B18")
AGES_15_TO_64 = (
    *("ALT015B18", "ALT018B20", "ALT020B25", "ALT025B30", "ALT030B35", "ALT035B40", "ALT040B45", "ALT045B50"),
    *("ALT050B55", "ALT055B60", "ALT060B65"),
)
REGISTER_GROUPS = {  # the table's code, and the word of the quoted figures; "rund 100" of Ozeanien in 2018 is none
    "azr_europa": ("EUROPA", "europa"),
    "azr_eu": ("EU27-2020", "eu28_2013"),
    "azr_drittstaaten": ("EU27-2020-DRITT", "drittstaaten"),
    "azr_afrika": ("AFRIKA", "afrika"),
    "azr_amerika": ("AMERIKA", "amerika"),
    "azr_asien": ("ASIEN", "asien"),
    "azr_ozeanien": ("OZEANIEN", ""),
    "azr_staatenlos_ungeklaert": ("no line", "ohne_angabe"),
}
CENSUS_2022_KNOWN = 1719266400  # 25 June 2024, when the population on the census of 2022 was published


def compute(recordings: Path, quoted: Path) -> dict[Key, Decimal]:
    """All values of A00, A01, A02, A03, A07, B01, E01, E02, E03, E10, E12 and F01."""
    raw = _Raw(recordings)
    values: dict[Key, Decimal] = {}

    def put(indicator: str, variant: str, cells: Cells) -> None:
        values.update({(indicator, variant, region, day): number for (region, day), number in cells.items()})

    people = _population(raw)
    for basis, cells in people.items():
        put("A00", basis, cells)

    old = {nat: raw.cells("12411-03-02-4", "BEVSTD", NAT=nat) for nat in ("", "NATD", "NATA")}
    new = {nat: raw.cells("12411-03-03-4", "BEVSTD", NAT=nat) for nat in ("", "NATD", "NATA")}
    put("A01", "fortschreibung_zer", _ratio(old["NATA"], old[""], 100))
    put("A01", "fortschreibung_zensus2011", _ratio(new["NATA"], new[""], 100))
    for nationality, group in (("NATA", ""), ("", "_insgesamt"), ("NATD", "_deutsche")):
        minors = _people_of(raw, AGES_BELOW_18, nationality)
        put("A07", f"fortschreibung_zer{group}", _ratio(minors, old[nationality], 100))
        put("A07", f"fortschreibung_zensus2011{group}", _ratio(minors, new[nationality], 100))
    own = _csv(quoted / "local_kreisangaben_2019.csv")
    of_kreis, inhabitants = own["auslaender_kreisangabe", "Kreisangabe"], own["einwohner_kreisangabe", "Kreisangabe"]
    put("A01", "kreisangabe", _ratio(of_kreis, inhabitants, 100))

    press = quoted / "local_azr_presse.csv"
    register = _register(raw, _csv(press)["auslaender_azr", "AZR"])
    put("A02", "azr", register)
    for variant, (code, word) in REGISTER_GROUPS.items():
        put("A02", variant, _register(raw, _csv(press, word).get(("auslaender_azr", "AZR"), {}), code))
    put("A02", "azr_lokal", own["auslaender_kreisangabe", "AZR_lokal"])
    put("A02", "kreisangabe", of_kreis)
    land = {(region, day): register["16", day] for region, day in register if ("16", day) in register}
    put("A03", "azr", _ratio({cell: n for cell, n in register.items() if cell[0] in KREISE}, land, 100))

    naturalised = raw.cells("12511-01-01-4", "BEV008", dash_is_zero=True)
    put("B01", "azr_vorjahr", _ratio(naturalised, _year_end_before(naturalised, register), 1000))
    foreigners = {**old["NATA"], **new["NATA"]}
    put("B01", "fortschreibung_vorjahr", _ratio(naturalised, _year_end_before(naturalised, foreigners), 1000))
    put("B01", "veroeffentlichte_quote", {cell: 10 * n for cell, n in raw.cells("12511-04-01-4", "BEV008Q").items()})

    for variant, table, code in (
        ("arbeitsort", "13111-01-03-4", "ERW032"),
        ("wohnort", "13111-02-02-4", "ERW033"),
    ):
        employed = raw.cells(table, code, dash_is_zero=True, NAT="NATA")
        put("E01", variant, employed)
        put("E02", variant, _ratio(employed, raw.cells(table, code, dash_is_zero=True), 100))
    residents = _people_of(raw, AGES_15_TO_64, "NATA")
    employed = raw.cells("13111-02-02-4", "ERW033", dash_is_zero=True, NAT="NATA")
    put("E03", "alle_alter", _ratio(employed, _year_end_before(employed, residents), 100))

    put("E10", "alle_zivilen", raw.cells("13211-02-05-4", "ERWP10", PERGR="NATA"))
    put("E10", "alle_zivilen_insgesamt", raw.cells("13211-02-05-4", "ERWP10"))
    unemployed = raw.cells("13211-02-05-4", "ERWP06", dash_is_zero=True, PERGR="NATA")
    all_unemployed = raw.cells("13211-02-05-4", "ERWP06", dash_is_zero=True)
    put("E12", "jahresdurchschnitt", _ratio(unemployed, all_unemployed, 100))

    recipients = raw.cells("22221-01-01-4", "RLE001", dash_is_zero=True)
    for basis, cells in people.items():
        put("F01", basis, _ratio(recipients, cells, 1000))
    return values


class _Raw:
    """The flat answers of the recordings: the last answer counts; one file is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[str, list[tuple[int, dict[str, str]]]] = {}

    def cells(
        self, table: str, measure: str, *, dash_is_zero: bool = False, since: int = 0, **axes: str
    ) -> dict[tuple[str, str], Decimal]:
        """Figures of one measure; an axis that is not named stands on its total."""
        found: dict[tuple[str, str], str] = {}
        for epoch, line in self._read(table):
            if line["measure"] != measure or epoch < since:
                continue
            if all(line[axis] == axes.get(axis, "") for axis in line["axes"].split()):
                found[line["region"], line["day"]] = line["value"]
        return dict(self._numbers(found, dash_is_zero))

    def _numbers(
        self, found: dict[tuple[str, str], str], dash_is_zero: bool
    ) -> Iterator[tuple[tuple[str, str], Decimal]]:
        signs: dict[str, set[str]] = {}
        for (region, day), text in found.items():
            if region in KREISE:
                signs.setdefault(day, set()).add(text)
        for (region, day), text in found.items():
            if text == "-":
                is_gone = region == EISENACH and day >= MERGED
                has_not_delivered = region in KREISE and signs[day] == {"-"}
                if dash_is_zero and not is_gone and not has_not_delivered:
                    yield (region, day), Decimal(0)
            elif text not in (".", "x"):
                yield (region, day), Decimal(text.replace(",", "."))

    def _read(self, table: str) -> list[tuple[int, dict[str, str]]]:
        if table not in self._lines:
            (folder,) = self._folder.glob(f"*/{table}")
            files = [(int(file.stem.split("_")[1]) // 1000, file) for file in folder.glob("*.zip")]
            self._lines[table] = [
                (epoch, line) for epoch, file in sorted(files) for line in _lines(file) if _is_ours(line["region"])
            ]
        return self._lines[table]


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as member:
        for row in csv.DictReader(io.TextIOWrapper(member, "utf-8-sig"), delimiter=";"):
            numbers = [name.split("_")[0] for name in row if name.endswith("_variable_code") and name[0].isdigit()]
            axes = {row[f"{n}_variable_code"]: row[f"{n}_variable_attribute_code"] for n in numbers[1:]}
            time = row["time"]
            yield {
                "region": row["1_variable_attribute_code"],
                "day": time if row["time_code"] == "STAG" else f"{time}-12-31",
                "measure": row["value_variable_code"],
                "value": row["value"],
                "axes": " ".join(axes),
                **axes,
            }


def _is_ours(region: str) -> bool:
    return region == "DG" or len(region) == 2 or region in KREISE


def _csv(file: Path, citizenship: str = "insgesamt") -> dict[tuple[str, str], dict[tuple[str, str], Decimal]]:
    """Figures of a file of quoted ones, by measure and basis."""
    found: dict[tuple[str, str], dict[tuple[str, str], Decimal]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["sex"] == "insgesamt" and row["citizenship_key"] == citizenship and not row["dimensions"]:
                cells = found.setdefault((row["measure"], row["basis"]), {})
                cells[row["region_key"], row["period_end"]] = Decimal(row["value"])
    return found


def _population(raw: _Raw) -> dict[str, dict[tuple[str, str], Decimal]]:
    """Inhabitants by basis; Thüringen as the sum of its Kreise where no table prints it."""
    printed = raw.cells("12411-01-01-4", "BEVSTD")
    late = raw.cells("12411-01-01-4", "BEVSTD", since=CENSUS_2022_KNOWN)
    by_nationality = raw.cells("12411-03-03-4", "BEVSTD")
    bases = {
        "fortschreibung_zer": {cell: n for cell, n in printed.items() if cell[1] <= "2010-12-31"},
        "fortschreibung_zensus2011": {cell: n for cell, n in by_nationality.items() if cell[1] <= "2022-12-31"}
        | {cell: n for cell, n in printed.items() if "2011-12-31" <= cell[1] <= "2021-12-31"},
        "fortschreibung_zensus2022": {cell: n for cell, n in late.items() if cell[1] >= "2022-12-31"},
    }
    return {basis: _with_land(cells) for basis, cells in bases.items()}


def _register(raw: _Raw, press: Cells, group: str = "") -> dict[tuple[str, str], Decimal]:
    """Ausländer of the register: the table, else the press; the Land as it was published, else the sum, a dash as 0."""
    printed = {**press, **raw.cells("12521-0041", "BEV028", LANDGR=group)}
    with_zeros = {**press, **raw.cells("12521-0041", "BEV028", dash_is_zero=True, LANDGR=group)}
    return {**{cell: n for cell, n in _with_land(with_zeros).items() if cell[0] == "16"}, **printed}


def _with_land(cells: Cells) -> dict[tuple[str, str], Decimal]:
    sums = {}
    for day in {day for _, day in cells}:
        kreise = KREISE - ({EISENACH} if day >= MERGED else set())
        if ("16", day) not in cells and all((kreis, day) in cells for kreis in kreise):
            sums["16", day] = sum((cells[kreis, day] for kreis in kreise), Decimal(0))
    return {**cells, **sums}


def _people_of(raw: _Raw, ages: Sequence[str], nationality: str) -> dict[tuple[str, str], Decimal]:
    """People of one nationality in several age groups: their sum, complete or none."""
    total: dict[tuple[str, str], Decimal] = {}
    for table, axis in (("12411-03-02-4", "ALTX20"), ("12411-03-03-4", "ALTX21")):
        groups = [raw.cells(table, "BEVSTD", NAT=nationality, **{axis: age}) for age in ages]
        whole = set.intersection(*(set(group) for group in groups))
        total |= {cell: sum((group[cell] for group in groups), Decimal(0)) for cell in whole}
    return total


def _year_end_before(of: Cells, cells: Cells) -> dict[tuple[str, str], Decimal]:
    """For each of these cells the figure of the year's end before."""
    wanted = {(region, day): (region, f"{int(day[:4]) - 1}-12-31") for region, day in of}
    return {cell: cells[before] for cell, before in wanted.items() if before in cells}


def _ratio(above: Cells, below: Cells, factor: int) -> dict[tuple[str, str], Decimal]:
    return {
        cell: (n * factor / below[cell]).quantize(Decimal("1e-10"), ROUND_HALF_UP)
        for cell, n in above.items()
        if below.get(cell)
    }
