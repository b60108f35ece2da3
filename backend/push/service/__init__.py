"""Push: exactly the firms concerned, once, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from backend.adapters.mail import read_bounce
from backend.catalogue.service import PublishedPolicy
from backend.push.service.calendars import Calendars, Entry, Source
from backend.push.service.campaigning import Campaigning, Reach
from backend.push.service.carriers import MAIL, Carrier, WechatCarrier
from backend.push.service.causes.answers import AnswerLook
from backend.push.service.causes.campaigns import CampaignLook
from backend.push.service.causes.deadlines import OwnLook, WindowLook
from backend.push.service.causes.helping import HelpLook
from backend.push.service.causes.material import MaterialLook
from backend.push.service.causes.questions import QuestionLook
from backend.push.service.causes.searches import SearchFollows
from backend.push.service.causes.withdrawals import WithdrawalLook
from backend.push.service.checking import Call, Checking, Missing
from backend.push.service.delivering import Delivering
from backend.push.service.digesting import Digesting
from backend.push.service.firm_table import FirmTable
from backend.push.service.following import CONSENT, Following
from backend.push.service.inbox import Inbox, InboxItem, MessageView, Told
from backend.push.service.personal import PersonalPush
from backend.push.service.previewing import Preview, Previewing
from backend.push.service.readers import Readers
from backend.push.service.starting import MatchReport, Starting
from backend.push.service.telling import Teller, Telling
from backend.push.service.walking import Look, Progress, Walker
from backend.push.service.wishes import PermitCount, SendMail, Wishes
from backend.push.service.wording import plain_message
from backend.push.service.world import Found, Help, World
from backend.push.store import PushStores
from backend.push.store.campaigns import Campaign
from backend.push.store.deliveries import Delivery
from backend.push.store.follows import Follow
from backend.push.store.messages import Message, NewMessage
from backend.push.store.preferences import Preferences
from backend.push.store.runs import MatchRun
from backend.push.store.switches import STOP, Switch
from backend.shared.caller import SYSTEM, Caller
from backend.shared.events import Event
from backend.shared.paging import Page


class PushService:
    """The room's services tied together; `carriers` come from wiring, real or stand-in."""

    def __init__(
        self,
        world: World,
        make_carriers: Callable[[PushService], Sequence[Carrier]],
        send_mail: SendMail | None = None,
        calendar_sources: Sequence[Source] = (),
        stores: PushStores | None = None,
        public_url: str = "",
    ) -> None:
        self._stores = stores = stores or PushStores()
        self.world = world
        self._teller = teller = Teller(stores, world)
        self.table = FirmTable(world, stores.changes)
        readers = Readers(stores, world)
        self._walker = Walker(stores, world, self._looks())
        self._starting = Starting(stores, world, self._walker)
        self.inbox = Inbox(stores, world.companies, world.clock)
        self.wishes = Wishes(stores, world.clock, send_mail, public_url)
        self.following = Following(stores.follows, world)
        self.campaigns = Campaigning(stores, world, teller, self._walker.wake)
        self.calendars = Calendars(stores, world, calendar_sources)
        self.checking = Checking(stores, world, teller)
        self.previewing = Previewing(stores, world, readers, self.table)
        self.personal = PersonalPush(stores)
        self._searches = SearchFollows(stores, world, teller)
        self._digesting = Digesting(stores, world, readers)
        carriers = make_carriers(self)
        self._delivering = Delivering(stores, world, readers, carriers)
        # What the mini-program asks permits for; without WeChat there is nothing to ask.
        self.templates = next((one.templates for one in carriers if isinstance(one, WechatCarrier)), {})

    # Listeners

    def on_policy_published(self, event: Event) -> None:
        """Listens to policy.published."""
        self._starting.on_published(event)

    def on_policy_withdrawn(self, event: Event) -> None:
        """Listens to policy.withdrawn."""
        self._delivering.on_withdrawn(event)
        self._starting.on_withdrawn(event)

    def on_policy_expired(self, event: Event) -> None:
        """Listens to policy.expired."""
        self._starting.on_expired(event)

    def on_policy_unconfirmed(self, event: Event) -> None:
        """Listens to policy.unconfirmed."""
        self.checking.ask_owner(event)

    def on_firm_changed(self, event: Event) -> None:
        """Listens to company.added, company.facts_changed, pool.entered and pool.moved."""
        self._starting.on_firm(event)

    def on_course(self, event: Event) -> None:
        """Listens to course.changed."""
        self._starting.on_help("course", event)

    def on_institution(self, event: Event) -> None:
        """Listens to institution.changed."""
        self._starting.on_help("institution", event)

    def on_binding(self, event: Event) -> None:
        """Listens to person.bound and person.unbound."""
        self._delivering.on_binding(event)

    def tell_persons(
        self, uscc: str, persons: Sequence[str], kind: str, cause: str, day: date, title: str, text: str
    ) -> str:
        """For other rooms: an answered request, news of a sign-up. The same cause and day is told once.

        It is for these persons alone: whoever is bound to the firm later does not get it.
        """
        message = plain_message(uscc, kind, cause, day, title, text, {"because": title}, f"told.{cause}")
        self._teller.tell([Telling(replace(message, addressed=True), tuple(persons))], SYSTEM.label)
        return message.id

    # Tasks and jobs

    def match_policy(self, run_id: str) -> None:
        """Task: do what is left of a run."""
        self._walker.run(run_id)

    def deliver_due(self) -> int:
        """Task: fill inboxes and let the carriers send; how many reached an inbox."""
        return self._delivering.deliver_due()

    def resume_runs(self) -> int:
        """Job: wake unfinished runs and campaigns that were cut off; how many runs."""
        self.campaigns.resume()
        return self._walker.resume()

    def match_changed(self) -> MatchRun | None:
        """Job: look at firms that changed."""
        return self._starting.match_changed()

    def start_night(self) -> MatchRun:
        """Job: what changed, and what the passing of days turned."""
        return self._starting.start_night(SYSTEM.label)

    def make_up(self) -> None:
        """What went live without an event (a whole folder at once), each version once."""
        self._starting.make_up(SYSTEM.label)

    def start_deadlines(self) -> list[MatchRun]:
        """Job: the reminders that are due."""
        return self._starting.start_deadlines()

    def follow_searches(self) -> int:
        """Job: what followed searches newly find."""
        return self._searches.run()

    def write_digests(self) -> int:
        """Job: today's digests."""
        return self._digesting.run(self.world.clock.today())

    # Staff

    def match_all(self, day: date, progress: Progress | None = None, by: str = SYSTEM.label) -> MatchReport:
        """Every published policy for every firm of the pool, here and now."""
        return self._starting.run_all(day, by, progress)

    def start_match(self, day: date | None, caller: Caller) -> MatchRun:
        """The same by the queue, for a day or for today."""
        run = self._starting.start_all(day or self.world.clock.today(), caller.label)
        self._walker.wake(run)
        return run

    def list_runs(self, limit: int, cursor: str | None) -> Page[MatchRun]:
        """Runs, newest first."""
        return self._stores.runs.page(limit, cursor)

    def count_messages(self, run: MatchRun) -> int:
        """How many messages a run wrote."""
        return self._stores.messages.count_of_run(run.id)

    def count_about(self, policy: str) -> int:
        """How many messages there are about a policy."""
        return self._stores.messages.page({"policy": policy}, 1, None).total

    def stop(self, reason: str, caller: Caller) -> Switch:
        """Hold everything that is not yet sent; nothing is lost."""
        self._stores.switches.set(STOP, caller.label, self.world.clock.now(), True, reason)
        return self.stopped()

    def go_on(self, caller: Caller) -> Switch:
        """End the stop; what was held goes out with the next tick."""
        self._stores.switches.set(STOP, caller.label, self.world.clock.now(), False)
        return self.stopped()

    def stopped(self) -> Switch:
        """How the emergency stop stands."""
        return self._stores.switches.get(STOP)

    def receive(self, carrier: str, ref: str, arrived: bool, code: str) -> bool:
        """A carrier's late word on a delivery; False when it is not one of ours."""
        return self._delivering.receive(carrier, ref, arrived, code)

    def consent_refused(self, openid: str, templates: Sequence[str]) -> None:
        """A person refused templates in WeChat itself: what the ledger holds of them is worth nothing."""
        person = self.world.person_of(openid)
        for template in templates if person is not None else ():
            self.wishes.void(str(person), template)

    def bounce(self, raw: bytes) -> bool:
        """A mail that came back: its delivery failed; returned for good, its address is not used again."""
        bounce = read_bounce(raw)
        if bounce is None:
            return False
        known = self.receive(MAIL, bounce.ref, not bounce.permanent, bounce.status)
        delivery = self._stores.batches.delivery_of(MAIL, bounce.ref)
        if known and delivery and bounce.permanent:
            found = self._stores.deliveries.find(delivery)
            if found is not None:
                self.wishes.note_bounce(found.person, f"退信（{bounce.status}）")
        return known

    def news(self, limit: int) -> list[PublishedPolicy]:
        """What was published lately, the same for everybody: the non-personal way."""
        published = sorted(self.world.published(), key=lambda p: (p.published_at, p.slug), reverse=True)
        return published[:limit]

    def _looks(self) -> dict[str, Callable[[MatchRun], Look]]:
        parts = (self._stores, self.world, self._teller)
        return {
            "answers": lambda run: AnswerLook(run, *parts, self.table),
            "material": lambda run: MaterialLook(run, *parts),
            "question": lambda run: QuestionLook(run, *parts, self.table),
            "window": lambda run: WindowLook(run, *parts),
            "own_deadlines": lambda run: OwnLook(run, *parts, self.table),
            "help": lambda run: HelpLook(run, *parts),
            "campaign": lambda run: CampaignLook(run, *parts),
            "withdrawal": lambda run: WithdrawalLook(run, *parts),
        }


__all__ = [
    "CONSENT",
    "Call",
    "Campaign",
    "Carrier",
    "Delivery",
    "Entry",
    "Follow",
    "Found",
    "Help",
    "InboxItem",
    "MatchReport",
    "MatchRun",
    "Message",
    "MessageView",
    "Missing",
    "NewMessage",
    "PermitCount",
    "Preferences",
    "Preview",
    "PushService",
    "PushStores",
    "Reach",
    "Source",
    "Switch",
    "Told",
    "World",
]
