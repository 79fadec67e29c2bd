"""Reader of the BA statistics API. Comes in: the answers of one dataset, one per region. Goes out: one table `cells`.

All answers are JSON (ba_api_json.py) or all are CSV (ba_api_csv.py); their bytes say which. Refuses what these and
ba_figures.py refuse: other labels, other months, an answer without figures, the same answer for two regions; and an
answer to another question than the dataset's file asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from integrationsmonitor.errors import ContractError
from integrationsmonitor.sources import ba_api_csv, ba_api_json
from integrationsmonitor.sources.ba_figures import Figure, Known, check_months, check_together, is_provisional, known
from integrationsmonitor.sources.cells import Answer, cell_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from integrationsmonitor.dataset import Dataset
    from integrationsmonitor.sources.bundle import Part

JSON, CSV = "ba_json", "ba_csv"
GERMANY = "DG"
_BERLIN = ZoneInfo("Europe/Berlin")
_HINT = "Compare the answer with catalog/datasets/{}.yml; no number of it is used"
_RENAMED = (
    "If both mean the same figures, name the former under `formerly` of its request in catalog/datasets/{}.yml; "
    "figures of another meaning need a dataset of their own"
)


def read_cells(parts: Sequence[Part], dataset: Dataset, filename: str, known_from: datetime) -> Answer:
    """Cells of all regions, in the order of the parts; `known_from` decides what is still provisional."""

    def refuse(where: str, expected: str, found: str, hint: str = _HINT) -> ContractError:
        return ContractError(dataset.id, filename, where, expected, found, hint.format(dataset.id))

    if not parts:
        raise refuse("the whole file", "answers of regions", "none")
    layout = _layout(parts, refuse)
    today = known_from.astimezone(_BERLIN).date()
    answers = []
    for part in parts:
        request = _request(part, dataset, refuse)
        if layout == JSON:
            figures = ba_api_json.read_figures(part, dataset, filename)
        else:
            figures = ba_api_csv.read_figures(part, dataset, filename, request)
        entries = known(figures, dataset, _refuse_figure(part, refuse))
        months = check_months((figure.month for figure in figures), dataset, today, refuse, part.name)
        answers.append((part, entries, months))
    check_together(answers, refuse)
    provisional = {
        month: "p" if is_provisional(month, dataset.provisional_months, today) else ""
        for _, _, months in answers
        for month in months
    }
    return Answer(_cells(answers, dataset, provisional), layout, None, filename)


def request_of(region_key: str, dataset: Dataset) -> Mapping[str, Any] | None:
    """How the dataset's file asks for a region; None where it does not."""
    level = "kreise" if len(region_key) == 5 else region_key
    return next((request for request in dataset.source["requests"] if request["regions"] == level), None)


def _layout(parts: Sequence[Part], refuse: Any) -> str:
    layouts = [JSON if _starts_as_json(part.body) else CSV for part in parts]
    for part, layout in zip(parts, layouts, strict=True):
        if layout != layouts[0]:
            raise refuse(part.name, f"the format of {parts[0].name}", part.body[:20].decode("utf-8", "replace"))
    return layouts[0]


def _starts_as_json(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")


def _request(part: Part, dataset: Dataset, refuse: Any) -> Mapping[str, Any]:
    """The request that a part must have answered, by its address of today or by one that it had before."""
    request = request_of(part.region_key, dataset)
    if request is None:
        raise refuse(part.name, "a region that the dataset's file asks for", part.region_key)
    address = urlsplit(part.url)
    asked = (unquote(address.path.rsplit("/", 1)[-1]), parse_qsl(address.query))
    wanted, *former = (
        (entry["table"], [(entry["parameter"], part.region_name)] if "parameter" in entry else [])
        for entry in (request, *request.get("formerly", ()))
    )
    if asked not in (wanted, *former):
        expected = f"an answer to {wanted[0]} {dict(wanted[1])}"
        raise refuse(part.name, expected, f"to {asked[0]} {dict(asked[1])}", _RENAMED)
    return request


def _refuse_figure(part: Part, refuse: Any) -> Any:
    def make(figure: Figure, expected: str, found: str) -> ContractError:
        error: ContractError = refuse(f"{part.name} line {figure.line}, field {figure.col}", expected, found)
        return error

    return make


def _cells(
    answers: Sequence[tuple[Part, list[Known], list[str]]], dataset: Dataset, quality: Mapping[str, str]
) -> pa.Table:
    import pyarrow as pa

    rows = [(part, *entry) for part, entries, _ in answers for entry in entries]
    figures = [figure for _, figure, _, _ in rows]
    columns: dict[str, pa.Array] = {
        "line": pa.array([figure.line for figure in figures], pa.int32()),
        "col": pa.array([figure.col for figure in figures], pa.int32()),
        "time": _words([figure.month for figure in figures]),
        "region_code": _words([part.region_key for part, *_ in rows]),
        "region_label": _words([_our_name(part) for part, *_ in rows]),
        "measure": _words([measure for _, _, measure, _ in rows]),
        "value": _words([figure.value for figure in figures]),
        "quality": _words([quality[figure.month] for figure in figures]),
        "member": _words([part.name for part, *_ in rows]),
        "printed": _words([figure.printed for figure in figures]),
    }
    for axis in dataset.axes:
        columns[f"a_{axis.code}"] = _words([group for *_, group in rows])
    names = [*cell_columns(dataset), "member", "printed"]
    return pa.table([columns[name] for name in names], names=names)


def _words(words: list[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(words, pa.string())


def _our_name(part: Part) -> str:
    """The catalogue's name; the mapping checks that it belongs to the key."""
    return "Deutschland" if part.region_key == GERMANY else part.region_name.removesuffix(", Stadt")
