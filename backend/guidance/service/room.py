"""The services of this room, put together for the doors and for whoever wires the house."""

from __future__ import annotations

from dataclasses import dataclass

from backend.guidance.service.board import RequestBoard
from backend.guidance.service.chain import Chain
from backend.guidance.service.deadlines import Deadlines
from backend.guidance.service.exporting import BoardExport
from backend.guidance.service.feedback import FeedbackService
from backend.guidance.service.personal import PersonalGuidance
from backend.guidance.service.requests import RequestService
from backend.guidance.service.satisfaction import Satisfaction
from backend.guidance.service.settings import GuidanceSettings
from backend.guidance.service.steps import Steps
from backend.guidance.service.talking import Talking
from backend.guidance.service.visits import VisitService
from backend.guidance.service.world import World
from backend.guidance.store.chain import HandoverStore
from backend.guidance.store.feedback import FeedbackStore
from backend.guidance.store.looks import LookStore
from backend.guidance.store.requests import RequestStore
from backend.guidance.store.settings import GuidanceSettingStore
from backend.guidance.store.visits import VisitStore


@dataclass(frozen=True)
class GuidanceRoom:
    """Everything the doors of guidance call."""

    requests: RequestService
    talking: Talking
    deadlines: Deadlines
    satisfaction: Satisfaction
    board: RequestBoard
    exports: BoardExport
    visits: VisitService
    chain: Chain
    feedback: FeedbackService
    personal: PersonalGuidance
    settings: GuidanceSettings


def guidance_room(world: World) -> GuidanceRoom:
    """The room over the stores of the house."""
    store, feedback = RequestStore(), FeedbackStore()
    board = RequestBoard(store, world)
    settings = GuidanceSettings(GuidanceSettingStore(), world.clock)
    steps = Steps(store, LookStore(), board, settings, world)
    requests = RequestService(steps)
    return GuidanceRoom(
        requests,
        Talking(steps, requests),
        Deadlines(steps),
        Satisfaction(steps),
        board,
        BoardExport(store, world),
        VisitService(VisitStore(), store, settings, world),
        Chain(HandoverStore(), world),
        FeedbackService(feedback, world),
        PersonalGuidance(steps, feedback),
        settings,
    )
