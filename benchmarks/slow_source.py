"""A whole night of all datasets against one slow recorded source: `python benchmarks/slow_source.py LATENCY`.

The night is that of `monitor run` (MONITOR_SOURCE, MONITOR_HOME as there), but every load asks one server, which waits
LATENCY seconds before each answer and refuses a second request at the same time. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from unittest.mock import patch

from measure import peak_of_this_process

from integrationsmonitor import night
from integrationsmonitor.replay import ReplayServer
from integrationsmonitor.settings import Settings


def main() -> None:
    """Run the night and say what it took and how the source saw it."""
    settings, started = Settings.from_env(), time.monotonic()
    with ReplayServer(settings.recordings, latency=float(sys.argv[1]), max_parallel=1) as server:

        @contextmanager
        def shared(_recordings):
            yield server

        with patch("integrationsmonitor.replay.server.ReplayServer", shared):
            night.load_all(settings, night.plan(settings))
        loaded = time.monotonic()
        night.build_and_publish(settings)
        facts = {
            "seconds": round(time.monotonic() - started, 2),
            "load_seconds": round(loaded - started, 2),
            "requests": server.requests[-1].number,
            "most_parallel": max(server.most_parallel.values()),
            "too_many": server.violations,
            "peak_mb": round(peak_of_this_process()),
            "exit_code": night.exit_code(settings),
        }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
