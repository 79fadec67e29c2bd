"""The forms of Airflow's page: what a person may choose when starting a timetable by hand, in plain words.

In: ids of datasets. Out: parameters of a DAG with type, choices, title and description. Refuses (Airflow does, by the
schemas): another type, an unknown dataset or action, a reason that is none.
"""

from __future__ import annotations

from airflow.sdk import Param

_YEAR = {"type": ["null", "integer"], "minimum": 1990, "maximum": 2100}


def load_form() -> dict[str, Param]:
    """What may be chosen for a load."""
    return {
        "everything": Param(
            False,
            type="boolean",
            title="Alles abrufen",
            description="Auch Tabellen, von denen die Quelle sagt, dass sich nichts geändert hat. Dauert länger.",
        )
    }


def backfill_form(dataset_ids: list[str]) -> dict[str, Param]:
    """What must be chosen for a backfill."""
    return {
        "datasets": Param(
            [],
            type="array",
            items={"type": "string", "enum": dataset_ids},
            examples=dataset_ids,
            minItems=1,
            title="Datensätze",
            description="Welche Datensätze? Ihre Titel stehen in `monitor status` und in docs/sources.md.",
        ),
        "action": Param(
            "refetch",
            type="string",
            enum=["refetch", "reparse"],
            values_display={
                "refetch": "erneut abrufen (die Quelle fragen)",
                "reparse": "erneut lesen (aus dem Archiv)",
            },
            title="Was ist zu tun?",
            description="Abrufen, wenn die Quelle etwas berichtigt hat; lesen, wenn dem Gelesenen nicht zu trauen ist.",
        ),
        "first_year": Param(None, **_YEAR, title="Erstes Jahr", description="Leer: von Anfang an."),
        "last_year": Param(None, **_YEAR, title="Letztes Jahr", description="Leer: bis heute."),
        "reason": Param(
            None,
            type="string",
            minLength=5,
            title="Begründung",
            description="Warum? Etwa: Das Landesamt hat die Schulzahlen 2023 am 12.11. berichtigt. Steht im Journal.",
        ),
    }
