"""The services of this room, put together for the doors and for whoever wires the house."""

from __future__ import annotations

from dataclasses import dataclass

from backend.pool.service import PoolService
from backend.pool.service.applying import Applying
from backend.pool.service.board import Board
from backend.pool.service.deciding import Deciding
from backend.pool.service.list_file import ListFiles
from backend.pool.service.portrait import Portraits
from backend.pool.service.runs import PoolRuns
from backend.pool.service.settings import PoolSettings
from backend.pool.service.tracking import Tracking
from backend.pool.service.warning import Warnings


@dataclass(frozen=True)
class PoolRoom:
    """Everything the doors of the pool call."""

    pool: PoolService
    runs: PoolRuns
    deciding: Deciding
    list_files: ListFiles
    settings: PoolSettings
    board: Board
    tracking: Tracking
    warnings: Warnings
    portraits: Portraits
    applying: Applying
