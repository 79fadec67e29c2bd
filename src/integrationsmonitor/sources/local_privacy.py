"""Personal data in what should be a table of figures. Comes in: sheets of texts. Goes out: nothing, or a ContractError.

Refuses where they can be recognised: headings that name a person's attributes (whole words: `Name` is one,
`Stadtteilname` is none), cells that are an e-mail address, a telephone number or an IBAN, days in a column that is no
period, and the shape "one row per person". The error names column or cell, never what stands there. What is not
recognised is the sender's business: docs/lokale-daten.md says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources.local_grid import Grid


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Whole words.
_WORDS = _listed(
    """
    vorname vornamen nachname nachnamen familienname familiennamen geburtsname rufname geburtsdatum geburtstag
    geburtsort geb gebdat gebdatum adresse adressen anschrift anschriften strasse strassenname hausnummer hausnr telefon
    telefonnummer telefonnr tel handy handynummer mobil mobilnummer mobiltelefon email emailadresse mail mailadresse
    iban bic kontonummer azrnummer azrnr aktenzeichen personalnummer personalnr personenkennzeichen steuerid
    steuernummer steueridentifikationsnummer identifikationsnummer sozialversicherungsnummer svnummer svnr
    rentenversicherungsnummer ausweisnummer passnummer kundennummer bgnummer versichertennummer unterschrift
    """
)
# Words that are written apart or with a hyphen; they count where they stand side by side.
_PAIRS = _listed(
    """
    azr-nummer azr-nr e-mail steuer-id steuer-nummer steuer-nr personal-nummer personal-nr haus-nummer haus-nr
    telefon-nummer telefon-nr geb-datum geb-dat geburts-datum sv-nummer sv-nr az-nr ausweis-nr pass-nr kunden-nr
    konto-nr bg-nummer bg-nr str-nr
    """
)
# A `Name` beside one of these is that of a place or a thing.
_THINGS = _listed(
    """
    stadtteil stadtteils gemeinde gemeinden kreis kreises landkreis landkreises ort ortes orts ortsteil ortsteils region
    regions planungsraum planungsraums quartier quartiers bezirk bezirks schule schulen einrichtung einrichtungen
    angebot angebots angebotes massnahme projekt projekts traeger gebiet gebiets raum sozialraum staat land
    """
)
_MAIL = re.compile(r"[^\s@;,<>]+@[^\s@;,<>]+\.[A-Za-z]{2,}")
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,3})?\b")
_PHONE = re.compile(
    r"(?:\+|00)[1-9][0-9]{0,2}[ 0-9/().-]{6,}[0-9]"  # with the country
    r"|\(0[1-9][0-9]{1,4}\)[ 0-9/.-]{3,}[0-9]"  # with the area in brackets
    r"|0[1-9][0-9]{1,4} ?[/–-] ?[0-9][ 0-9-]{3,}[0-9]"  # with a mark behind the area
    r"|0[1-9][0-9]{2,4}(?: [0-9]{2,}){1,5}"  # in groups
    r"|0[1-9][0-9]{8,12}"
)
_DAY = re.compile(r"[0-3]?[0-9]\.[01]?[0-9]\.(?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[01][0-9]-[0-3][0-9]")
_ROWS_OF_PERSONS = 12
_ADVICE = "Personal data must not be delivered: hand in counts only; the file was not kept"


def personal_heading(text: str) -> bool:
    """Whether a heading names an attribute of a person."""
    plain = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    words = re.findall(r"[a-z]+", plain)
    if _WORDS.intersection(words) or _PAIRS.intersection(f"{a}-{b}" for a, b in pairwise(words)):
        return True
    return "name" in words and not _THINGS.intersection(words)


def personal_cell(text: str) -> str:
    """What a cell is recognised as ("an e-mail address", …); "" where it is nothing of the kind."""
    if "@" in text and _MAIL.search(text):
        return "an e-mail address"
    if _PHONE.fullmatch(text):
        return "a telephone number"
    if any(_is_iban(found.group()) for found in _IBAN.finditer(text)):
        return "an IBAN"
    return ""


def screen_cells(grids: Sequence[Grid], dataset_id: str, filename: str) -> None:
    """Refuse what is recognised in any cell of any sheet, whether it is read later or not."""
    for grid in grids:
        for row, cells in enumerate(grid.rows):
            for column, text in enumerate(cells):
                if what := personal_cell(text):
                    raise _refuse(dataset_id, filename, grid.where(row, column), "figures and their words", what)


def screen_table(
    grid: Grid, header: int, body: Collection[int], periods: Collection[int], dataset_id: str, filename: str
) -> None:
    """Refuse headings of persons, and days below headings that are none of the `periods` (columns from 0)."""
    for column, text in enumerate(grid.rows[header]):
        if personal_heading(text):
            place = grid.where(header, column)
            raise _refuse(dataset_id, filename, place, "headings of a table of figures", "one of personal data")
    for row in body:
        for column, text in enumerate(grid.rows[row]):
            if column not in periods and _DAY.fullmatch(text):
                place = grid.where(row, column)
                raise _refuse(dataset_id, filename, place, "no day in a column that is no period", "one")


def screen_other_sheets(grids: Sequence[Grid], read: Grid, dataset_id: str, filename: str) -> None:
    """Refuse headings of persons anywhere in the sheets that are not read: they are kept with the file."""
    for grid in grids:
        if grid is read or grid.sheet is None:
            continue
        for row, column, text in _texts(grid):
            if len(text) < 60 and personal_heading(text) and len(text.split()) <= 3:
                place = grid.where(row, column)
                raise _refuse(dataset_id, filename, place, "sheets without personal data", "a heading of it")


def screen_counts(counts: Sequence[Sequence[int]], dataset_id: str, filename: str) -> None:
    """Refuse the shape "one row per person": every count of every row (`counts`) is 1, or 0 beside one 1."""
    rows = [row for row in counts if row]
    if len(rows) >= _ROWS_OF_PERSONS and all(sum(row) == 1 and max(row) == 1 for row in rows):
        found = f"{len(rows)} rows that each count one"
        raise _refuse(
            dataset_id, filename, "the whole file", "counts of persons", found + ", as a list of persons does"
        )


def _texts(grid: Grid) -> Iterator[tuple[int, int, str]]:
    for row, cells in enumerate(grid.rows):
        for column, text in enumerate(cells):
            if text:
                yield row, column, text


def _is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN (ISO 13616) fit."""
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def _refuse(dataset_id: str, filename: str, where: str, expected: str, found: str) -> ContractError:
    return ContractError(dataset_id, filename, where, expected, found, _ADVICE)
