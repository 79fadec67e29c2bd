"""The German of the words that stand in published tables. Comes in: nothing. Goes out: sentences by word."""

from __future__ import annotations

# What the status of a value without a number says.
NO_NUMBER = {
    "not_recorded": "Dafür liegt uns keine Zahl vor: Keine Antwort der Quelle, die wir haben, nennt eine.",
    "rounded_to_zero": "Die Quelle hat auf null gerundet; wie viele es sind, sagt sie nicht.",
    "secret": "Die Quelle hält die Zahl geheim (statistische Geheimhaltung).",
    "unknown_or_secret": "Die Quelle nennt keine Zahl: unbekannt oder geheim; sie unterscheidet es nicht.",
    "not_published": "Die Quelle veröffentlicht diese Zahl nicht.",
    "not_yet": "Die Quelle hat diese Zahl noch nicht geliefert.",
    "not_existing": "Die Region gab es zu dieser Zeit nicht.",
    "not_meaningful": "Der Nachweis ist nicht sinnvoll, oder der Nenner ist null.",
    "unreliable": "Die Zahl ist nicht verlässlich.",
    "outage": "An der Quelle sind Daten ausgefallen.",
    "withheld": "Von uns zurückgehalten.",
    "not_convertible": "Auf diesen Gebietsstand lässt sich der Wert nicht umrechnen.",
}
STATUSES = {"value": "Es gibt eine Zahl.", "zero": "Die Zahl ist null.", **NO_NUMBER}
# What the flags of a value say.
FLAGS = {
    "sum_of_parts": "Summe ihrer Teile, weil die Quelle keine Gesamtzahl nennt",
    "sum_of_rounded": "Summe gerundeter Teile: die Grenzen beachten",
    "provisional": "vorläufig nach Angabe der Quelle",
    "corrected_by_source": "von der Quelle berichtigt",
    "estimated_by_source": "geschätzt nach Angabe der Quelle",
    "perturbed_by_source": "von der Quelle zufällig verändert (Cell-Key-Methode): Summen gehen nicht auf",
    "uncertain_by_source": "in Klammern gedruckt: Aussagewert eingeschränkt nach Angabe der Quelle",
    "doubtful_source": "an der Quelle zweifelhaft: keine Veränderung daraus ableiten",
    "dropped_by_us": "Fehler der Quelle: ihre Zahl ist zurückgehalten",
    "replaced_by_us": "Fehler der Quelle: ihre Zahl ist durch unsere ersetzt",
    "withdrawn": "nach der Veröffentlichung zurückgezogen",
    "confidential": "von uns geheim gehalten, weil sich sonst eine geheime Zahl berechnen ließe",
    "own_correction": "wir haben unser Einlesen berichtigt; die Quelle hat nichts geändert",
    "territory_sum": "genaue Summe ganzer Kreise, die zusammengelegt wurden",
    "estimate": "geschätzt: aus geteilten Kreisen umgerechnet",
    "estimate_weak": "schwache Schätzung: nicht für Ränge und Warnungen",
    "territory_step": "das Gebiet des Kreises ist nicht mehr das dieses Gebietsstands",
    "territory_mixed": "Zähler und Nenner liegen auf zwei Seiten einer Gebietsänderung: kein Wert",
    "no_weight": "kein Anteil bekannt, mit dem sich teilen ließe",
    "between_steps": "zwischen zwei Teilen einer Gebietsänderung",
    "crosses_step": "der Zeitraum liegt auf beiden Seiten einer Gebietsänderung",
    "published_rate": "veröffentlichte Quote, wird nicht umgerechnet",
    "never_converted": "wird auf keinen anderen Gebietsstand umgerechnet",
    "reception_centre": "Kreis mit einer Erstaufnahmeeinrichtung: die Zahl schwankt mit ihrer Belegung",
}
