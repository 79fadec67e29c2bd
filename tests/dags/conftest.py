"""The launcher's modules live beside the DAGs, not in the package."""

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "dags"))
