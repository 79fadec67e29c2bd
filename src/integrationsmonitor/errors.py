"""The project's few errors: each says what is wrong, where, what was expected, and what to do next.

Every error prints as one line. Nothing in an error may hold a credential: errors are built from dataset ids,
file names, locators and figures only.
"""

from __future__ import annotations


class MonitorError(Exception):
    """Base of all errors that a person can act on; `str()` is one line."""


class ConfigError(MonitorError):
    """A setting, a catalogue file or the machine is not as the monitor needs it. Nothing was touched."""


class FetchError(MonitorError):
    """A source could not be reached or answered with something that is not data; `body` is what came, if anything."""

    def __init__(self, dataset_id: str, url: str, problem: str, hint: str = "", body: bytes = b"") -> None:
        self.dataset_id, self.url, self.problem, self.hint, self.body = dataset_id, url, problem, hint, body
        super().__init__(_one_line(f"{dataset_id}: {url}: {problem}", hint))


class ContractError(MonitorError):
    """An answer does not keep its dataset's contract; no number of it may be used."""

    def __init__(self, dataset_id: str, file: str, locator: str, expected: str, found: str, hint: str = "") -> None:
        self.dataset_id, self.file, self.locator = dataset_id, file, locator
        self.expected, self.found, self.hint = expected, found, hint
        super().__init__(_one_line(f"{dataset_id}: {file}, {locator}: expected {expected}, found {found}", hint))


class JumpError(ContractError):
    """Figures far from those that were accepted before: right or wrong, a person must look. `contents` are refused."""

    def __init__(self, problem: ContractError, contents: list[str]) -> None:
        self.contents = contents
        super().__init__(
            problem.dataset_id, problem.file, problem.locator, problem.expected, problem.found, problem.hint
        )


class GateError(MonitorError):
    """The candidate warehouse failed a critical expectation or its build; the current release stays."""


def _one_line(text: str, hint: str) -> str:
    """One line that every file and terminal takes: JSON may hold halves of characters, which no encoding knows."""
    line = " ".join((f"{text}. {hint}" if hint else text).split())
    return line.encode("utf-8", "backslashreplace").decode()
