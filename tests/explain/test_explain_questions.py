"""What the release does not hold is refused with the nearest that it does."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from explain_support import RELEASE, SHARE, Release

from integrationsmonitor.errors import ConfigError
from integrationsmonitor.explain import Question, explain
from integrationsmonitor.settings import Settings


@pytest.mark.parametrize(
    ("question", "words_of"),
    [
        (("aaaaaaaaaaaaaaab",), "aaaaaaaaaaaaaaab is no value of this release; the nearest: aaaaaaaaaaaaaaaa"),
        ((f"{SHARE}@2020",), f"'2020' is no release of this home: there are {RELEASE}"),
        (("A1", "16070", "2018"), "'A1' is no indicator and no value_id; indicators: A01"),
        (("A01",), "name --region and --period, too"),
        (("A01", "Ilmkreis", "2018"), "'Ilmkreis' is no region; the nearest: Ilm-Kreis"),
        (("A01", "16070", "2031"), "no period ends in 2031; the nearest: 2018-12-31, 2019-12-31"),
        (("A01", "16070", "2018-06-30"), "no period ends on 2018-06-30; the nearest: 2018-12-31, 2019-12-31"),
        (("A01", "16070", "letztes Jahr"), "expected the last day, such as 2019-12-31"),
        (("A01", "16051", "2018"), "no value for the region, whatever the period"),
        (("A01", "16070", "2018", "azr"), "'azr' is no variant of A01 there; there are fortschreibung, kreisangabe"),
        (("A01", "16070", "2018", "", "alle"), "'alle' is no group of A01 there; there are auslaender"),
    ],
)
def test_what_the_release_does_not_hold_is_refused_with_the_nearest(
    release: Release, question: tuple[str, ...], words_of: str
) -> None:
    assert words_of in release.refused(*question)


def test_a_home_without_a_release_says_what_makes_one(tmp_path: Path) -> None:
    settings = Settings.from_env({"MONITOR_SOURCE": "recorded", "MONITOR_HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match="no release yet: `monitor run`"):
        explain(settings, Question(SHARE))


def test_a_release_from_before_says_so(release: Release) -> None:
    with duckdb.connect(str(release.file)) as con:
        con.execute("drop table mart_provenance")
    assert "was made before releases kept the provenance" in release.refused(SHARE)
