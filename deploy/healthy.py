"""Health checks of the compose file that cost little: exit code 0 when every address answers with 200.

In: addresses; with `--component NAME`, the name of a part of Airflow that the answers must call healthy. Out: an exit
code, and one line on standard error that says what is wrong. Refuses: proxies; the services are neighbours.
"""

import json
import sys
import urllib.request

TIMEOUT = 20  # the first question to the tasks' API builds its routes, which takes 6 s and more


def complaint(url: str, component: str) -> str:
    """What is wrong there; "" where nothing is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=TIMEOUT) as answer:
            body = answer.read()
    except OSError as problem:
        return str(problem)
    if not component:
        return ""
    status = json.loads(body).get(component, {}).get("status")
    return "" if status == "healthy" else f"{component} is {status or 'unknown'}"


def main(arguments: list[str]) -> int:
    """Check all addresses."""
    component = ""
    if arguments[:1] == ["--component"]:
        component, arguments = arguments[1], arguments[2:]
    problems = [f"{url}: {problem}" for url in arguments if (problem := complaint(url, component))]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems or not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
