"""Web doors of courses."""

from __future__ import annotations

from flask_restx import Api

from backend.adapters.http import add_namespace
from backend.courses.api import courses, sessions, sign_ups, staff
from backend.courses.service.room import CourseRoom
from backend.shared.clock import Clock


def add_routes(api: Api, room: CourseRoom, clock: Clock) -> None:
    """Mount everything this room serves."""
    add_namespace(api, "courses", "课程", courses.ROUTES, room=room)
    add_namespace(api, "staff/courses", "课程管理", courses.STAFF_ROUTES, room=room)
    parts = {"room": room, "clock": clock}
    add_namespace(api, "course-sessions", "课程场次和报名", {**sessions.ROUTES, **sign_ups.ROUTES}, **parts)
    add_namespace(api, "course-plans", "课程计划", sessions.PLAN_ROUTES, **parts)
    add_namespace(api, "me/sign-ups", "我的报名", sign_ups.MY_ROUTES, **parts)
    add_namespace(api, "staff/course-sessions", "课程场次管理", staff.ROUTES, **parts)
    add_namespace(api, "staff/course-plans", "课程计划管理", staff.PLAN_ROUTES, **parts)
