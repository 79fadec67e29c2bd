"""The pages that describe the models: dbt's own site as one file, without a second run of dbt.

Comes in: the `target` folder of a build that just ended. Goes out: `<folder>/index.html`, dbt's page with our manifest
in it. It depends on the dbt project and on this code alone: no clock, no path of the machine, no number of the data.
Refuses (MonitorError): a page of dbt that does not look as this module knows it.

What `dbt docs generate --static --empty-catalog` would do, but for three things: it would run dbt again (seconds), its
page has a script that reports its reader to the maker, and its manifest names the folders of the machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from integrationsmonitor.errors import MonitorError

_SLOTS = ('"MANIFEST.JSON INLINE DATA"', '"CATALOG.JSON INLINE DATA"')
_NO_CATALOG: Mapping[str, Any] = {"metadata": {}, "nodes": {}, "sources": {}}
_TRACKING = re.compile(r"turn_on_tracking:function\(\)\{.*?\},(?=fuzzUrls:)", re.DOTALL)
_LINK = re.compile(r"<link\b[^>]*>")
# Without Angular's prefix a browser asks for a file of that name before the name is computed, for every model.
_ICON, _ICON_LATER = ' xlink:href="{{', ' ng-attr-xlink:href="{{'
_PARTS = ("nodes", "sources", "docs", "exposures", "metrics", "parent_map", "unit_tests")
_EMPTY = ("semantic_models", "saved_queries", "functions")
_METADATA = ("dbt_version", "project_name", "adapter_type", "quoting", "send_anonymous_usage_stats")
# Where and when something was made; what a unit test gives and expects, which the page does not show.
_LEFT_OUT = {"build_path", "compiled_path", "created_at", "given", "expect", "overrides", "extra_ctes", "checksum"}
_OVERVIEW = "__overview__"


def write(target: Path, folder: Path, notice_de: str) -> Path:
    """Write the page out of `target/manifest.json`; the notice stands above the overview. Returns the folder."""
    from dbt.task.docs import DOCS_INDEX_FILE_PATH

    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    page = without_tracking(Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8"))
    for slot, content in zip(_SLOTS, (shown(manifest, notice_de), _NO_CATALOG), strict=True):
        if page.count(slot) != 1:
            raise MonitorError(f"dbt's page has no place for {slot}; its version is not the one known here")
        page = page.replace(slot, _in_script(content))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder


def without_tracking(page: str) -> str:
    """Dbt's page without the script that reports its reader, and without asking for icons that are not there."""
    page, found = _TRACKING.subn("turn_on_tracking:function(){},", page)
    if found != 1:
        raise MonitorError("dbt's page does not track its reader as it is known to; look at it before it is released")
    return _LINK.sub("", page).replace(_ICON, _ICON_LATER)


def shown(manifest: Mapping[str, Any], notice_de: str) -> dict[str, Any]:
    """The part of a manifest that the page shows, in a fixed order."""
    name = manifest["metadata"]["project_name"]
    found = {part: {key: _entry(manifest[part][key]) for key in sorted(manifest[part])} for part in _PARTS}
    for document in found["docs"].values():
        if document["name"] == _OVERVIEW:
            document["block_contents"] = f"**{notice_de}**\n\n{document['block_contents']}"
    own = {key: _entry(macro) for key, macro in sorted(manifest["macros"].items()) if macro["package_name"] == name}
    metadata = {key: manifest["metadata"][key] for key in _METADATA}
    return {"metadata": metadata, **found, **{part: {} for part in _EMPTY}, "macros": own}


def _entry(entry: Any) -> Any:
    """An entry without what is left out; columns with their type, which the page takes from a catalog otherwise."""
    if not isinstance(entry, Mapping):
        return entry
    kept = {key: value for key, value in entry.items() if key not in _LEFT_OUT}
    if isinstance(columns := kept.get("columns"), Mapping):
        kept["columns"] = {name: {**column, "type": column.get("data_type")} for name, column in columns.items()}
    return kept


def _in_script(content: Mapping[str, Any]) -> str:
    """JSON as it may stand in a script: no text of ours ends the element."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
