"""Call the task bodies with a `night` of our own and print, as JSON, how each ended.

Runs as a process of its own, with `dags/` on its path: importing Airflow changes logging and more.
"""

import json
import sys
import types

import integrationsmonitor
from integrationsmonitor.errors import ConfigError, ContractError, FetchError, GateError
from support import loading


class Events:
    def __init__(self):
        self.added = []

    def __getitem__(self, alias):
        self.alias = alias.name
        return self

    def add(self, asset, extra=None):
        self.added.append([asset.uri, extra])


def raising(error):
    def call(*_, **__):
        raise error

    return call


def ended(call, *arguments, **named):
    try:
        return ["returned", call(*arguments, **named)]
    except Exception as error:  # the name of any exception is the result
        return [type(error).__name__, str(error)]


def use(**functions) -> None:
    night = types.ModuleType("integrationsmonitor.night")
    for name, function in functions.items():
        setattr(night, name, function)
    sys.modules["integrationsmonitor.night"] = integrationsmonitor.night = night


def announced(results, *more, news):
    use(has_news=lambda _: news)
    body, events = None, Events()
    original = loading.task

    def keep(**_):
        def decorate(function):
            nonlocal body
            body = function
            return lambda *_: None

        return decorate

    loading.task = keep
    loading.announce("load_ba", [])
    loading.task = original
    return [body(results, *more, outlet_events=events), events.added, getattr(events, "alias", None)]


def main() -> None:
    result = {}
    load = loading.load.function
    counts = {"answers": 1, "unchanged": 0, "missing": 0, "seconds": 0.1, "warnings": ["fewer rows"]}
    use(
        load=lambda settings, dataset_id, report, everything: (
            {"dataset": dataset_id, "changed": True, "rows": 3} | counts
        )
    )
    result["good"] = ended(load, "d1")
    use(load=raising(ContractError("d1", "x.csv", "line 3", "männlich", "maennlich")))
    result["contract"] = ended(load, "d1")
    use(load=raising(FetchError("d1", "https://h/x", "timeout")))
    result["fetch"] = ended(load, "d1")
    use(load=raising(KeyError("bug")))
    result["bug"] = ended(load, "d1")

    changed, same = {"dataset": "d1", "changed": True, "rows": 3}, {"dataset": "d2", "changed": False, "rows": 0}
    result["one changed"] = announced([changed, same, None], news=True)
    result["nothing new"] = announced([same], news=False)
    result["unreleased"] = announced([same], news=True)
    described = {"dataset": "local_d3", "changed": True, "rows": 7, **counts}
    result["described"] = announced([same], [described], news=True)
    result["all rejected"] = announced([], news=False)

    use(load_described=lambda settings, report: [described])
    result["drop folder"] = ended(loading.load_described.function)
    asked = {}

    def note_backfill(settings, datasets, action, years, reason, **who):
        asked.update(datasets=datasets, action=action, years=years, reason=reason, **who)
        return {"datasets": datasets}

    def backfill(settings, dataset_id, action, years, report):
        return described | {"dataset": dataset_id, "rows": f"{action} {years}"}

    wish = {"datasets": ["d2", "d1", "d2"], "action": "reparse", "first_year": 2019, "last_year": None, "reason": "why"}
    run = types.SimpleNamespace(triggering_user_name="op", run_id="manual__1")
    use(years_of=lambda first, last: f"{first}-{last}", note_backfill=note_backfill, backfill=backfill)
    result["plan"] = [*ended(loading.plan_backfill, {"params": wish, "dag_run": run}), asked]
    result["redo"] = ended(loading.redo.function, "d1", params=wish)
    use(years_of=raising(ConfigError("the first year comes after the last one")))
    result["no wish"] = ended(loading.plan_backfill, {"params": wish, "dag_run": run})
    use(load=lambda settings, dataset_id, report, everything: described | {"state": str(everything)})
    result["everything"] = [ended(loading.load.function, "d1", params={"everything": word}) for word in (True, False)]
    use(build_and_publish=lambda settings, report: {"released": True, "gate": "passed"})
    result["released"] = ended(loading.build)
    use(build_and_publish=lambda settings, report: {"released": False, "gate": "failed"})
    result["gate"] = ended(loading.build)
    use(build_and_publish=raising(GateError("2 critical expectations failed")))
    result["gate error"] = ended(loading.build)
    sys.stdout.write("\n" + json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
