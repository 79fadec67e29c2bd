"""The shape of `meta_release`: the one table that no build makes, because it tells of the release itself."""

from __future__ import annotations

from integrationsmonitor.release.tables import Column, Table

_COLUMNS = (
    ("release_id", "VARCHAR", "Kennung der Veröffentlichung, zugleich Name ihres Ordners"),
    ("released_at", "TIMESTAMP", "Zeitpunkt der Veröffentlichung (UTC)"),
    ("source_mode", "VARCHAR", "recorded = mitgelieferte Aufzeichnungen, live = Abruf bei den Quellen"),
    ("notice_de", "VARCHAR", "Hinweis, der mit den Zahlen weiterzugeben ist"),
    ("code_version", "VARCHAR", "Stand des Programms"),
    ("inputs_digest", "VARCHAR", "SHA-256 über alles, was in die Veröffentlichung einging"),
    ("gate", "VARCHAR", "Ergebnis der Qualitätsprüfung"),
    ("datasets", "INTEGER", "Anzahl der Datensätze"),
    ("datasets_in_quarantine", "VARCHAR", "Datensätze, deren letzte Antwort zurückgewiesen wurde, durch | getrennt"),
    ("raw_inputs", "INTEGER", "Anzahl der Antworten von Quellen, aus denen gerechnet wurde"),
    ("observations", "BIGINT", "Zeilen in fct_observation"),
    ("indicator_values", "BIGINT", "Zeilen in mart_indicator"),
    ("previous_release_id", "VARCHAR", "Kennung der vorigen Veröffentlichung, leer bei der ersten"),
)
_COMMENT = "Diese Veröffentlichung: eine Zeile. Hinweis und Stand, die bei jeder Verwendung zu nennen sind."
META_RELEASE = Table(
    "meta_release",
    "main",
    tuple(Column(name, kind, False, text) for name, kind, text in _COLUMNS),
    _COMMENT,
    ("release_id",),
)
