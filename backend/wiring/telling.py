"""What other rooms' events give people to read: push tells exactly those concerned."""

from __future__ import annotations

from backend.courses.service.news import KINDS as SIGN_UP_NEWS
from backend.courses.service.room import CourseRoom
from backend.institutions.service import OVERDUE
from backend.institutions.service.quality import DECIDED
from backend.push.service import PushService
from backend.shared.clock import in_shanghai
from backend.shared.events import Event
from backend.wiring.house import House

STAFF = "staff"


def tell_reminders(courses: CourseRoom, push: PushService) -> int:
    """Job: those with a seat, on the working day before their session; how many messages were to be told."""
    found = courses.news.reminders()
    for news in found:
        push.tell_persons(news.uscc, news.persons, "sign_up", news.cause, news.day, news.title, news.text)
    return len(found)


def subscribe_telling(house: House) -> None:
    """Sign-ups, complaints and overdue confirmations; told again, the same cause and day changes nothing."""
    tell, institutions = house.push.tell_persons, house.institutions

    def of_sign_up(event: Event) -> None:
        for news in house.course_room.news.of(event):
            tell(news.uscc, news.persons, "sign_up", news.cause, news.day, news.title, news.text)

    def of_complaint(event: Event) -> None:
        said, day = event.data, in_shanghai(event.at).date()
        name = institutions.find_institution(said["institution"]).name
        title = f"您对{name}的投诉已处理：{'查实' if said['upheld'] else '不成立'}"
        readers = [said["person"]] if said["person"] else []
        tell(said["uscc"], readers, "request", f"complaint.{event.subject}", day, title, said["answer"])

    def of_overdue(event: Event) -> None:
        last, day = event.data["confirmed_on"], in_shanghai(event.at).date()
        title = f"{institutions.find_institution(event.subject).name}的年度确认已逾期"
        readers = [f"{STAFF}:{name}" for name in house.push.world.publishers()]
        cause = f"confirmation.{event.subject}.{last}"
        tell(STAFF, readers, "staff", cause, day, title, f"上次确认：{last}。请核对后确认。")

    for kind in SIGN_UP_NEWS:
        house.bus.subscribe(kind, "push", of_sign_up)
    house.bus.subscribe(DECIDED, "push", of_complaint)
    house.bus.subscribe(OVERDUE, "push", of_overdue)
