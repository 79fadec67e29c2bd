"""One dictionary tells what each published column means: in every workbook, as CSV and as a page."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from release_support import PROJECT
from test_release_names import published_columns

from integrationsmonitor.release import Release
from integrationsmonitor.release.dictionary import Chapter, Entry, Lexicon, legend
from integrationsmonitor.release.exports import lexicon as files
from integrationsmonitor.release.promises import load_promises
from integrationsmonitor.release.tables import Column, Table
from integrationsmonitor.vocabulary import FLAGS, STATUSES

LEXICON = Lexicon.of(PROJECT)
PROMISES = load_promises(PROJECT)


def chapter_of(table: str, *columns: str) -> Chapter:
    names = columns or tuple(published_columns()[table])
    made = Table(table, "main", tuple(Column(name, "VARCHAR", True, f"Über {name}.") for name in names), "Was.", ())
    return LEXICON.chapter(made, LEXICON.names.headers(table, names), has_view=True)


def entry_of(table: str, column: str) -> Entry:
    return next(entry for entry in chapter_of(table).entries if entry.column == column)


def test_keys_and_words_are_those_that_dbt_holds() -> None:
    assert PROMISES["mart_indicator"].key == ("value_id",)
    assert PROMISES["mart_provenance"].key == ("value_id", "role", "part_no")
    assert [entry.key for entry in chapter_of("mart_provenance").entries][:4] == [1, 2, 3, 0]
    assert [word for word, _ in entry_of("mart_indicator", "territory").words] == ["as_published", "harmonised"]


def test_every_word_of_status_and_flag_has_a_meaning() -> None:
    """And none is told that no contract accepts."""
    assert set(PROMISES["mart_indicator"].words["status"]) == set(STATUSES)
    assert set(PROMISES["mart_indicator_flag"].words["flag"]) == set(FLAGS)


def test_the_same_word_is_explained_only_where_it_means_the_same() -> None:
    assert dict(entry_of("mart_provenance", "status").words) == STATUSES
    assert dict(entry_of("mart_indicator", "flags").words) == FLAGS
    assert [word for word, _ in entry_of("mart_nationalities", "status").words] == ["value", "not_recorded"]
    assert entry_of("rpt_tabelle_1", "status").words == (), "the state of a concept is no status of a figure"
    assert entry_of("mart_publication", "status").words == (), "there a value may also be removed"
    assert "Status in_force" not in dict(legend(chapter_of("rpt_tabelle_1")))
    assert dict(legend(chapter_of("mart_correction", "status", "flag"))) == {
        f"Kennzeichen {word}": meaning for word, meaning in FLAGS.items()
    }


def test_the_csv_has_a_row_for_every_column_of_every_published_table(published: Release) -> None:
    folder = published.path / "exports"
    text = (folder / files.CSV).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    warehouse = {row["Tabelle"] for row in rows if row["Deutsche Sicht"]}
    assert {"fct_observation", "mart_indicator", "meta_release"} <= warehouse
    assert {row["Tabelle"] for row in rows if not row["Deutsche Sicht"]} == {"mart_indicator_matrix"}
    value = next(row for row in rows if (row["Tabelle"], row["Technischer Name"]) == ("mart_indicator", "value"))
    assert value == {
        "Tabelle": "mart_indicator",
        "Deutsche Sicht": "deutsch.indikatorwerte",
        "Titel der Tabelle": "Indikatorwerte",
        "Spalte": "Wert",
        "Technischer Name": "value",
        "Typ": "Zahl (DECIMAL(28,10))",
        "Einheit": "siehe „Einheit“",
        "Schlüssel": "",
        "Darf leer sein": "ja",
        "Bedeutung": "Wert der Kennzahl; bei Anteilen in Prozent",
        "Mögliche Wörter": "",
    }
    book = openpyxl.load_workbook(folder / "xlsx" / "mart_indicator.xlsx", read_only=True)
    sheet = [tuple(cell or "" for cell in row) for row in book["Datenlexikon"].values]
    assert sheet == [
        tuple(rows[0])[3:],
        *(tuple(row.values())[3:] for row in rows if row["Tabelle"] == "mart_indicator"),
    ]


class Page(HTMLParser):
    """What a browser makes of the page, as far as a program can tell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [str(found[attribute]) for _, found in self.tags if attribute in found]


def test_the_page_loads_nothing_and_every_link_leads_somewhere_on_it(published: Release) -> None:
    text = (published.path / "exports" / files.HTML).read_text(encoding="utf-8")
    page = Page(text)
    assert page.values("src") == []
    assert not re.search(r"https?:|@import|url\(", text)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    links = page.values("href")
    assert {"#mart_indicator", "#mart_indicator.value"} <= set(links)
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_the_page_can_be_read_without_seeing_it(published: Release) -> None:
    text = (published.path / "exports" / files.HTML).read_text(encoding="utf-8")
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "de"}) in page.tags
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert tags.count("table") == tags.count("caption") == text.count("<section ")
    assert all("scope" in found for tag, found in page.tags if tag == "th")
    assert set(page.values("for")) == {"suche"}
    assert set(page.values("aria-labelledby")) <= set(page.values("id"))


def test_what_a_description_says_is_text_and_no_markup(tmp_path: Path) -> None:
    entry = Entry("a", "A", "VARCHAR", "", 1, False, "<script>alert(1)</script> & =1+1", (("<b>", "=2"),))
    chapter = Chapter("dim_x", "x", "X", "</p><img src=x>", [entry])
    files.write_html(tmp_path / files.HTML, [chapter])
    text = (tmp_path / files.HTML).read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; =1+1" in text
    assert "<img" not in text
    assert "<b>" not in text
    files.write_csv(tmp_path / files.CSV, [Chapter("dim_x", "x", "=X", "", [entry])])
    assert ";'=X;" in (tmp_path / files.CSV).read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("kind", "german"),
    [
        ("VARCHAR", "Text"),
        ("DECIMAL(28,10)", "Zahl"),
        ("BIGINT", "Zahl"),
        ("TIMESTAMP", "Zeitpunkt"),
        ("BOOLEAN", "ja oder nein"),
        ("ENUM('a')", "Text"),
    ],
)
def test_a_type_has_a_german_word(kind: str, german: str) -> None:
    assert Entry("a", "A", kind, "", 0, True, "", ()).kind == german
