"""Makes `tests.client...` importable, whatever directory pytest is started from and however it imports."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
