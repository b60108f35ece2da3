"""Dates a firm must not miss: application windows, ends of titles, yearly duties; and when to say so."""

from policies.deadlines.model import LEADS, Deadline, Reminder, due_reminder, next_reminder
from policies.deadlines.sources import duty_days, firm_deadlines, open_duties, policy_deadlines

__all__ = [
    "LEADS",
    "Deadline",
    "Reminder",
    "due_reminder",
    "duty_days",
    "firm_deadlines",
    "next_reminder",
    "open_duties",
    "policy_deadlines",
]
