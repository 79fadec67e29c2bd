"""Damages to observations, vintages, provenance, corrections and publications."""

from __future__ import annotations

from table_damage import A_VALUE, Damage, empty, one, put, remade, twice

ORIGIN = [
    Damage(
        "a Kreis lost in the observations",
        "fct_observation",
        "delete from fct_observation where region_key = '16070' and sex = 'weiblich'",
        "qa_complete_fct_observation",
        "Wo der Datensatz es zusagt",
    ),
    Damage(
        "no observation",
        "fct_observation",
        empty("fct_observation"),
        "qa_profile_fct_observation",
        "Beobachtungen sind da",
    ),
    Damage(
        "an observation twice",
        "fct_observation",
        twice("fct_observation"),
        "qa_profile_fct_observation",
        "Jede Zelle steht genau einmal",
    ),
    Damage(
        "a number under a secret",
        "fct_observation",
        put("fct_observation", "status", "'secret'", one("fct_observation", "observation_id", "value is not null")),
        "qa_profile_fct_observation",
        "Kein Wert steht da",
    ),
    Damage(
        "a count of observations below zero",
        "fct_observation",
        put(
            "fct_observation", "value", "-1", one("fct_observation", "observation_id", "value > 0 and unit = 'Anzahl'")
        ),
        "qa_profile_fct_observation",
        "Keine Anzahl ist negativ",
    ),
    Damage(
        "an observation of the future",
        "fct_observation",
        put(
            "fct_observation",
            "period_end",
            "date '2099-12-31'",
            one("fct_observation", "observation_id", "value is not null and period_type = 'stichtag'"),
        ),
        "qa_profile_fct_observation",
        "Keine Zahl ist aufgezeichnet, bevor",
    ),
    Damage(
        "an observation of no file",
        "fct_observation",
        put("fct_observation", "raw_sha256", "''", one("fct_observation", "observation_id")),
        "qa_profile_fct_observation",
        "Jede Beobachtung nennt die Datei",
    ),
    Damage(
        "an observation that was never known",
        "fct_observation_vintage",
        f"delete from fct_observation_vintage where {one('fct_observation', 'observation_id')}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a vintage that ends before it begins",
        "fct_observation_vintage",
        "update fct_observation_vintage set known_to = known_from - interval 1 day",
        "qa_profile_fct_observation_vintage",
        "Keine Fassung endet",
    ),
    Damage(
        "a vintage that does not end",
        "mart_indicator_vintage",
        remade(
            "mart_indicator_vintage",
            "select * replace (null::timestamp as known_to) from mart_indicator_vintage union all "
            "(select * replace (99 as vintage_no, known_from + interval 1 day as known_from) "
            "from mart_indicator_vintage limit 1)",
        ),
        "qa_profile_mart_indicator_vintage",
        "Keine Fassung beginnt",
    ),
    Damage(
        "no vintage at all",
        "mart_indicator_vintage",
        empty("mart_indicator_vintage"),
        "qa_profile_mart_indicator_vintage",
        "Fassungen sind da",
    ),
    Damage(
        "a value of no origin",
        "mart_provenance",
        f"delete from mart_provenance where {one('mart_indicator', 'value_id', 'value is not null')}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "an origin of no value",
        "mart_provenance",
        put("mart_provenance", "value_id", "'x'", one("mart_provenance", "value_id")),
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "an origin that has another number",
        "mart_provenance",
        put(
            "mart_provenance",
            "used_value",
            "used_value + 1",
            one("mart_provenance", "value_id", "used_value is not null"),
        ),
        "qa_repeated",
        "Wiederholt wird",
    ),
    Damage(
        "a place in a file that is none",
        "mart_provenance",
        put("mart_provenance", "raw_locator", "'somewhere'", one("mart_provenance", "value_id")),
        "qa_profile_mart_provenance",
        "Jede Fundstelle nennt",
    ),
    Damage(
        "a source without a licence",
        "mart_provenance",
        put("mart_provenance", "licence_id", "''", one("mart_provenance", "value_id")),
        "qa_profile_mart_provenance",
        "Jede Quelle ist mit Lizenz",
    ),
    Damage(
        "a dataset that nobody describes",
        "mart_indicator_dataset",
        f"insert into mart_indicator_dataset select value_id, 'nowhere' from mart_indicator where {A_VALUE}",
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a dataset twice",
        "mart_indicator_dataset",
        twice("mart_indicator_dataset"),
        "mart_indicator_dataset",
        "Jeder Datensatz steht je Wert genau einmal",
    ),
    Damage(
        "a flag that nobody explains",
        "mart_indicator_flag",
        f"insert into mart_indicator_flag select value_id, 'misspelt' from mart_indicator where {A_VALUE}",
        "mart_indicator_flag",
        "Das Kennzeichen ist bekannt",
    ),
    Damage(
        "a flag that only one table shows",
        "mart_indicator_flag",
        f"insert into mart_indicator_flag select value_id, 'provisional' from mart_indicator where {A_VALUE}",
        "qa_repeated",
        "Wiederholt wird",
    ),
    Damage(
        "a dropped figure that is there",
        "mart_correction",
        put("mart_correction", "action", "'drop'", "published_value is not null and is_applied"),
        "mart_correction",
        "Was wir zurückhalten",
    ),
    Damage(
        "a correction of nothing published",
        "mart_correction",
        put("mart_correction", "observation_id", "'x'", "observation_id is not null"),
        "qa_links",
        "Kein Schlüssel zeigt ins Leere",
    ),
    Damage(
        "a revision into the past",
        "mart_revision",
        remade(
            "mart_revision",
            "select 'x' as observation_id, dataset_id, measure, region_key, period_end, 1 as n_revisions, "
            "recorded_at as first_known_from, recorded_at - interval 1 day as latest_known_from, 0 as days_to_latest "
            "from fct_observation limit 1",
        ),
        "mart_revision",
        "Die neueste Fassung ist nicht älter",
    ),
    Damage(
        "a publication of nobody",
        "mart_publication",
        remade(
            "mart_publication",
            "select value_id, 1 as publication_no, null::varchar as release_id, "
            "timestamp '2026-11-22' as published_at, value, status, definition_version "
            f"from mart_indicator where {A_VALUE}",
        ),
        "mart_publication",
        "Zu jeder Änderung steht, in welcher",
    ),
    Damage(
        "a build that ended in no known way",
        "mart_run",
        remade(
            "mart_run",
            "select 1 as run_no, timestamp '2026-11-22' as started_at, 'gone' as outcome, 'step' as kind, "
            "'gate' as name, 'ok' as status, cast(1 as decimal(18, 6)) as seconds, cast(null as integer) as failures",
        ),
        "mart_run",
        "Ein Bau endete auf eine bekannte Weise",
    ),
]
