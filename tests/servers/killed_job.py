"""Does one long job of the house and says how far it is; a test kills it.

Run as: killed_job SETTINGS_JSON import|evaluate RUN_ID, or killed_job SETTINGS_JSON sweep -,
or killed_job SETTINGS_JSON columns FIRST_USCC, or killed_job SETTINGS_JSON seats USCC
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from itertools import count
from random import Random

from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import SHANGHAI, FixedClock
from backend.wiring import House, build_house

AT = datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI)


def main() -> None:
    """Work on the run until it is done, or until killed."""
    house = build_house(Settings(**json.loads(sys.argv[1])), FixedClock(AT), cheap_passwords=True)
    if sys.argv[2] == "sweep":
        house.guidance.deadlines.sweep(lambda done: print(done, flush=True))
    elif sys.argv[2] == "columns":
        _change_and_look(house, sys.argv[3])
    elif sys.argv[2] == "seats":
        _come_and_go(house, sys.argv[3])
    else:
        job = house.firms.imports.run if sys.argv[2] == "import" else house.pool_room.runs.run
        job(sys.argv[3], lambda done, total: print(done, flush=True))
    print("done", flush=True)
    house.close()


def _change_and_look(house: House, uscc: str) -> None:
    """Without end: a firm says something new, the columns catch up and are saved."""
    house.companies.columns._most_unsaved = 1
    for number in count():
        house.companies.record_facts(uscc, [{"name": "class2_ip", "value": number}], "tax", SYSTEM)
        house.companies.columns.view(AT.date(), ["class2_ip"], lambda firms: print(firms, flush=True))


def _come_and_go(house: House, uscc: str) -> None:
    """Without end: people sign up for a small session and leave; says so whenever somebody moved up."""
    signing, random = house.course_room.signing, Random()
    crowd = [Caller("person", f"{number:032x}", firms=frozenset({uscc})) for number in range(12)]
    for _ in count():
        caller = random.choice(crowd)
        found = signing.sign_up("shili-chang", uscc, caller)
        if random.random() < 0.6:
            moves_up = found.state == "seated" and found.session.waiting
            signing.cancel("shili-chang", caller)
            if moves_up:
                print("moved", flush=True)


if __name__ == "__main__":
    main()
