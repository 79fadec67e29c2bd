"""What is said of the whole: name, title, description, words to be found by."""

from __future__ import annotations

from collections.abc import Mapping

NAME = "integrationsmonitor-thueringen"
TITLE_DE = "Integrationsmonitor Thüringen"
KEYWORDS_DE = (
    "Integration",
    "Integrationsmonitoring",
    "Migration",
    "Staatsangehörigkeit",
    "Landkreise",
    "amtliche Statistik",
)


def description(facts: Mapping[str, str]) -> str:
    """What the tables are; whoever reads only this sentence must still see whether they are recorded or live."""
    return (
        "Kennzahlen zur Integration in Thüringen, seinen Landkreisen und kreisfreien Städten, berechnet aus Zahlen der "
        f"amtlichen Statistik, mit Herkunft und Zeitbezug jeder Zahl. {facts['notice_de']}."
    )
