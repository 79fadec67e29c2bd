"""The night: the only place that knows the order of the steps. The command line and Airflow call these functions.

plan(settings, group)            which datasets tonight
load_all(settings, ids, …)       the loads of a night, two at a time
load_described(settings)         the loads of what a Kreis put into the drop folder
load(settings, dataset_id, …)    fetch → check → archive → land one dataset; all of its answers or none
backfill(settings, dataset_id, …) fetch or read again what is held, because a person says why (note_backfill)
accept(settings, dataset_id, …)  figures that jumped are right: a person says so
accept_losses(settings, reason)  what the refused build lost since the last release is right: a person says so
withdraw(…), reinstate(…)        a published value is taken back, or given back: a person says so
build_and_publish(settings, …)   dbt → expectations → release; nothing where there is no news
build_as_of(settings, …)         a whole warehouse as it was known at a moment; no release
summary(settings), exit_code(settings)
first_night(settings, …)         the newest answer of every source, judged; nothing is written
watch(settings)                  what needs a person now; alerts.tell sends it, each cause once
"""

from integrationsmonitor.night.as_of import build_as_of
from integrationsmonitor.night.backfill import backfill, note_backfill, years_of
from integrationsmonitor.night.build import build_and_publish, has_news
from integrationsmonitor.night.described import load_described
from integrationsmonitor.night.first_night import Finding, first_night
from integrationsmonitor.night.loading import accept, load, load_all, plan
from integrationsmonitor.night.losses import accept_losses
from integrationsmonitor.night.summary import exit_code, summary
from integrationsmonitor.night.watch import watch
from integrationsmonitor.night.withdrawing import reinstate, withdraw

__all__ = [
    "Finding",
    "accept",
    "accept_losses",
    "backfill",
    "build_and_publish",
    "build_as_of",
    "exit_code",
    "first_night",
    "has_news",
    "load",
    "load_all",
    "load_described",
    "note_backfill",
    "plan",
    "reinstate",
    "summary",
    "watch",
    "withdraw",
    "years_of",
]
