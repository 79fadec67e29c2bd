"""Landing: what the parse of an answer depends on."""

from __future__ import annotations

from integrationsmonitor import landing


def test_a_parse_depends_on_all_code_that_reads_and_on_none_that_only_asks():
    names = {file.name for file in landing.parsing_code()}
    assert all(file.exists() for file in landing.parsing_code())
    assert {"mapping.py", "statuses.py", "cells.py", "outages.py", "dataset_file.py", "parsing.py"} <= names
    assert not {"genesis_client.py", "genesis_jobs.py", "genesis_body.py", "cli.py", "http.py"} & names
