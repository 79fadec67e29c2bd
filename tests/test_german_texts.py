"""German texts that administrations read keep the list of docs/stil.md, as far as a program can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
STYLE = yaml.safe_load((PROJECT / "docs" / "stil.yml").read_text(encoding="utf-8"))
MARTS = PROJECT / "dbt_project" / "models" / "marts"
SENTENCES = {
    *("description", "missing_de", "note_de", "not_reported_de", "notes_de", "off_de", "pitfalls_de", "reason_de"),
    *("gap_de", "limits_de", "text_de", "why_de"),
}
# As an office writes its own name: for the abbreviations that it explains, not for the rules.
QUOTED = "publisher"
MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
# What must stand in no text → how it is found. A table's number, such as 12411-03-03-4, is no date and no range.
RULES: Mapping[str, str] = {
    "a line break, a tab or two spaces in a row": r"[\n\t]|  ",
    "a space at the beginning or the end": r"^\s|\s$",
    "a space before a punctuation mark": r"\s[,.;:!?](?=\s|$)",
    "straight quotes; write „…“": r"[\"']",
    "three dots; write …": r"\.\.\.",
    "a difference of shares in %-points; write Prozentpunkte": r"(?i)%-?\s?punkt|Prozent-Punkt",
    "a percent sign without a space before it": r"\d%",
    "a decimal or thousands point": r"(?<![\d.])\d+\.\d+(?![\d.])",
    "a date in ISO form; write TT.MM.JJJJ": r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])",
    "a date with the name of a month; write TT.MM.JJJJ": rf"\d\.\s?({MONTHS})\b",
    "a year of two digits": r"\b\d{2}\.\d{2}\.\d{2}\b(?!\d)",
    "years joined by a hyphen; write –": r"(?<![\d-])(19|20)\d\d-(19|20)\d\d(?![\d-])",
    "a hyphen for minus; write −": r"(?<=\s)-(?=\s?\d)",
    "letters for a sign; write ±": r"\+/-",
    "a mark for all sexes inside a word": r"\w[*:_]innen\b",
    "an abbreviation without its space; write z. B.": r"\b(z\.B|d\.h|u\.a|i\.d\.R)\.",
}


class Text(NamedTuple):
    """A German text, the key under which it stands, and what it belongs to: an indicator, a dataset, a table."""

    owner: str
    place: str
    key: str
    text: str


def _texts() -> Iterator[Text]:
    for file in sorted((PROJECT / "catalog").rglob("*.yml")):
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield from _german(raw, str(file.relative_to(PROJECT)), "")
    for file in sorted(MARTS.glob("*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", ()):
            for described in (model, *model.get("columns", ())):
                yield Text(model["name"], described["name"], "description", described["description"])


def _german(raw: Any, owner: str, place: str) -> Iterator[Text]:
    """All values whose key ends in _de, however deep; an indicator owns what is below it."""
    if isinstance(raw, list):
        for entry in raw:
            yield from _german(entry, owner, place)
        return
    if not isinstance(raw, dict):
        return
    owner = str(raw["id"]) if "pitfalls_de" in raw else owner
    place = "/".join(filter(None, (place, str(raw.get("id") or raw.get("key") or ""))))
    for key, value in raw.items():
        if not key.endswith("_de") and key != QUOTED:
            yield from _german(value, owner, place)
            continue
        for text in value if isinstance(value, list) else [value]:
            # a folded block of YAML ends in a line break of its own
            yield Text(owner, place, key, text.removesuffix("\n"))


TEXTS = [*_texts()]


def prose(text: str) -> str:
    """A text without what is quoted as code."""
    return re.sub(r"`[^`]*`", "`", text)


def broken(text: str) -> list[str]:
    """The rules that a text breaks, and the words that it should not use."""
    found = [rule for rule, pattern in RULES.items() if re.search(pattern, prose(text))]
    return found + [f"{entry['word']}; write {entry['instead']}" for entry in STYLE["avoid"] if uses(text, entry)]


def uses(text: str, entry: Mapping[str, str]) -> bool:
    """Whether a word of the list stands in a text; a noun, written with a capital, only as a noun."""
    word = r"\w*".join(map(re.escape, entry["word"].split("*")))
    flags = re.NOFLAG if entry["word"][0].isupper() else re.IGNORECASE
    return re.search(rf"(?<![\w-]){word}(?![\w-])", prose(text), flags=flags) is not None


def test_every_text_of_the_catalogue_and_of_the_tables_keeps_the_style() -> None:
    ours = [text for text in TEXTS if text.key != QUOTED]
    found = {(text.owner, text.place, text.key, problem) for text in ours for problem in broken(text.text)}
    assert sorted(found) == []


def test_what_are_sentences_begin_and_end_like_sentences() -> None:
    sentences = [text for text in TEXTS if text.key in SENTENCES]
    assert [text for text in sentences if not re.search(r"[.!?]$|[.!?][“)]$", text.text)] == []
    odd = [text for text in sentences if not re.match(r"[A-ZÄÖÜ0-9„±§]", text.text)]
    assert [text for text in odd if text.key != "description"] == []


def test_names_and_labels_have_no_period() -> None:
    names = [text for text in TEXTS if text.key in ("name_de", "label_de", "title_de", "formula_de")]
    assert [text for text in names if text.text.endswith(".")] == []


def test_no_abbreviation_stands_without_its_long_form() -> None:
    told: dict[str, str] = {}
    for text in TEXTS:
        if text.key != "description":  # a column's description quotes the values that stand in it
            told[text.owner] = f"{told.get(text.owner, '')}\n{text.text}"
    bare = [
        (owner, short)
        for owner, text in told.items()
        for short, long in STYLE["abbreviations"].items()
        if re.search(rf"(?<![\w-]){short}(?!\w)", text) and long not in text
    ]
    assert bare == []


def test_a_difference_of_shares_is_in_prozentpunkten() -> None:
    """A11 and A02 are none: there both are per 1 000 inhabitants, or persons."""
    raw = yaml.safe_load((PROJECT / "catalog" / "indicators.yml").read_text(encoding="utf-8"))["indicators"]
    units = {i["id"]: i["unit"] for i in raw if any(v["formula"] == "difference" for v in i["variants"])}
    assert (units.pop("A11"), units.pop("A02")) == ("je 1 000 Einwohner", "Personen")
    assert {*units.values()} == {"Prozentpunkte"}
    assert {"D03", "E04"} <= units.keys()


def test_the_texts_are_really_found() -> None:
    keys = {text.key for text in TEXTS}
    assert keys >= SENTENCES | {"name_de", "label_de", "title_de", "numerator_de", "denominator_de", "source_de"}
    owners = {text.owner for text in TEXTS}
    assert {"A00", "I01", "mart_indicator", "catalog/breaks.yml", "catalog/corrections.yml"} <= owners
    assert {"catalog/groups.yml", "catalog/country_groups.yml", "catalog/datasets/regio_12411_03_03_4.yml"} <= owners
    assert len(TEXTS) > 900


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Zwei  Leerzeichen.", "two spaces"),
        ("Am Ende. ", "or the end"),
        ("Ein Satz .", "before a punctuation mark"),
        ('Der "Wert" steigt.', "straight quotes"),
        ("Und so weiter...", "three dots"),
        ("Um 2 %-Punkte.", "Prozentpunkte"),
        ("Um 2 % Punkte.", "Prozentpunkte"),
        ("Es sind 7,6%.", "a percent sign"),
        ("Es sind 7.6 %.", "decimal or thousands point"),
        ("Es sind 38.235 Personen.", "decimal or thousands point"),
        ("Am 2022-12-31.", "ISO form"),
        ("Seit dem 1. Juli 2021.", "name of a month"),
        ("Am 31.12.22 gezählt.", "two digits"),
        ("In den Jahren 2019-2022.", "joined by a hyphen"),
        ("Es sind -3 Punkte.", "minus"),
        ("Es sind +/-2.", "±"),
        ("Ausländer*innen zählen mit.", "all sexes"),
        ("Etwa z.B. Erfurt.", "z. B."),
        ("Die Migrantinnen.", "Migrant*"),
        ("Der Zustrom hält an.", "Zustrom*"),
        ("Eine Zuwanderungswelle.", "*wanderungswelle*"),
        ("Ein Proxy dafür.", "Proxy*"),
        ("Erfurt bzw. Weimar.", "bzw"),
    ],
)
def test_each_rule_finds_what_it_forbids(text: str, problem: str) -> None:
    assert any(problem in found for found in broken(text))


@pytest.mark.parametrize(
    "text",
    [
        "Die Tabelle 12411-03-03-4 nennt den 31.12.2022, den 30.06. und 2019 bis 2022.",
        "Der Anteil steigt um 2,3 Prozentpunkte auf 7,6 % (±0,05); 38 235 statt 27 535.",
        "Im Sozialgesetzbuch (SGB II) steht § 7a; der Wert heißt `2024-01-01`.",
        "An der Schwelle von value_id@release_id heißt die Spalte flags.",
    ],
)
def test_what_is_right_breaks_no_rule(text: str) -> None:
    assert broken(text) == []


def test_the_page_names_the_list() -> None:
    page = (PROJECT / "docs" / "stil.md").read_text(encoding="utf-8")
    assert "stil.yml" in page
    assert "tests/test_german_texts.py" in page
