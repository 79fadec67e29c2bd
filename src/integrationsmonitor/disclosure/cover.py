"""The cheapest choice that takes one out of every set. Comes in: sets of statements, weights. Goes out: the choice.

Solved by HiGHS (scipy) as an integer programme; of equally cheap choices the one with the earlier ids. Refuses nothing:
where the solver does not finish, the caller has another way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from integrationsmonitor.disclosure.model import Statement

_NODES = 20_000


def cheapest(sets: Sequence[Collection[str]], ours: Mapping[str, Statement]) -> set[str] | None:
    """The cheapest choice; None where it is not found within a fixed effort."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    names = sorted({name for members in sets for name in members})
    place = {name: number for number, name in enumerate(names)}
    indices = [place[name] for members in sets for name in sorted(members)]
    starts = np.concatenate([[0], np.cumsum([len(members) for members in sets])])
    matrix = csr_array((np.ones(len(indices)), indices, starts), shape=(len(sets), len(names)))
    order = np.arange(1, len(names) + 1) / (len(names) * (len(names) + 1))  # less than 1 in all: it decides ties only
    found = milp(
        np.array([float(ours[name].weight) for name in names]) + order,
        integrality=np.ones(len(names)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, 1, np.inf),
        options={"node_limit": _NODES, "mip_rel_gap": 0.0},
    )
    return {name for name, value in zip(names, found.x, strict=True) if value > 0.5} if found.status == 0 else None
