"""Under which licence a table stands, and what must be said with it (docs/decisions/0027).

Comes in: the sources of a table, who publishes it. Goes out: the strictest licence among the sources, the line of
attributions, the conditions in German. A table of our own stands under the publisher's licence. Refuses nothing: a
licence that nobody described here counts as closed, since none may be granted that was not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrationsmonitor.release.metadata.publisher import Publisher
from integrationsmonitor.release.sources import Source

CHANGED_DE = "Daten umgeformt und zu Kennzahlen verrechnet"
_CLOSED = "other-closed"


@dataclass(frozen=True)
class Licence:
    """A licence: how the list of DCAT-AP.de calls it, its name, its page ("" where it has none), what it asks for."""

    dcat: str
    title: str
    url: str
    terms_de: str


_OTHER = Licence(
    _CLOSED, "Bedingungen der Quelle", "", "Es gelten die Bedingungen der Quelle; sie sind dort zu erfragen."
)
_NOTHING_GRANTED = Licence(
    _CLOSED,
    "ohne Lizenz",
    "",
    "Eigene Zusammenstellung; wer sie weiterverwenden möchte, fragt die herausgebende Stelle.",
)
# From the most open one to the strictest: of several, the last one speaks for the whole.
_KNOWN = {
    "dl-de/zero-2-0": Licence(
        "dl-zero-de/2.0",
        "Datenlizenz Deutschland – Zero – Version 2.0",
        "https://www.govdata.de/dl-de/zero-2-0",
        "Die Nutzung ist ohne Bedingungen erlaubt; die Quelle nennen wir trotzdem.",
    ),
    "dl-de/by-2-0": Licence(
        "dl-by-de/2.0",
        "Datenlizenz Deutschland – Namensnennung – Version 2.0",
        "https://www.govdata.de/dl-de/by-2-0",
        "Zu nennen sind die Quelle, die Lizenz mit Verweis auf https://www.govdata.de/dl-de/by-2-0 und dass die Daten "
        "verändert wurden.",
    ),
    "cc-by-4.0": Licence(
        "cc-by/4.0",
        "Creative Commons Namensnennung 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
        "Zu nennen sind die Quelle, die Lizenz mit Verweis auf https://creativecommons.org/licenses/by/4.0/ und dass "
        "die Daten verändert wurden.",
    ),
    "ba-statistik": Licence(
        _CLOSED,
        "Statistik der Bundesagentur für Arbeit",
        "https://statistik.arbeitsagentur.de/",
        "Zu nennen ist „© Statistik der Bundesagentur für Arbeit“; eigene Berechnungen sind als solche zu "
        "kennzeichnen. Es ist keine offene Lizenz, und die Datenlizenz Deutschland gilt für diese Zahlen nicht.",
    ),
    "quotation": Licence(
        _CLOSED,
        "einzelne zitierte Zahlen",
        "",
        "Zu nennen ist die Fundstelle jeder Zahl; eine Lizenz zur Weiterverwendung liegt uns nicht vor.",
    ),
    "intern": Licence(
        _CLOSED,
        "nicht zur Weitergabe",
        "",
        "Diese Zahlen dürfen nicht außerhalb der Stelle weitergegeben werden, die diese Veröffentlichung betreibt.",
    ),
}
_STRICTNESS = {licence.dcat: place for place, licence in enumerate(_KNOWN.values())}


def licence_of(licence_id: str) -> Licence:
    """What is known of a licence that the catalogue names."""
    return _KNOWN.get(licence_id, _OTHER)


def of_table(sources: Sequence[Source], publisher: Publisher) -> Licence:
    """The licence of the whole table: the strictest of its sources; that of the publisher where it has none."""
    if not sources:
        return _KNOWN.get(publisher.licence, _NOTHING_GRANTED)
    return max((licence_of(source.licence_id) for source in sources), key=lambda licence: _STRICTNESS[licence.dcat])


def terms(sources: Sequence[Source], publisher: Publisher) -> list[str]:
    """Everything that is to be kept, licence by licence."""
    if not sources:
        return [of_table(sources, publisher).terms_de]
    return list(dict.fromkeys(licence_of(source.licence_id).terms_de for source in sources))


def attribution(sources: Sequence[Source], publisher: Publisher) -> str:
    """All who are to be named, in one line that is ready to be copied."""
    if not sources:
        return publisher.name
    named = dict.fromkeys(source.attribution for source in sources)
    return f"{'; '.join(named)}; {CHANGED_DE}: {publisher.name}"
