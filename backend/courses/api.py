"""Web door of courses."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    guard,
    public,
    query,
    revision_from_header,
)
from backend.adapters.http.answers import page_json
from backend.courses.schemas import CourseFields, CourseQuery, NewCourse, StaffQuery, course_json
from backend.courses.service import CourseService
from backend.shared.caller import Role


class CourseResource(Resource):
    def __init__(self, api: Api, courses: CourseService) -> None:
        super().__init__(api)
        self.courses = courses


class CourseList(CourseResource):
    @public("课程对所有人公开")
    @query(CourseQuery)
    def get(self, args: CourseQuery) -> dict[str, Any]:
        """已发布的课程"""
        return page_json(self.courses.list_courses(args.limit, args.cursor, args.series), course_json)


class SeriesList(CourseResource):
    @public("课程系列对所有人公开")
    def get(self) -> dict[str, Any]:
        """课程系列和各自的课程数"""
        items = [{"series": name, "courses": count} for name, count in self.courses.list_series()]
        return {"items": items, "total": len(items), "next_cursor": None}


class OneCourse(CourseResource):
    @public("课程对所有人公开")
    def get(self, course_id: str) -> dict[str, Any]:
        """一门课程"""
        return course_json(self.courses.read_course(course_id))


class StaffCourseList(CourseResource):
    @guard(Role.EDITOR)
    @query(StaffQuery)
    def get(self, args: StaffQuery) -> dict[str, Any]:
        """全部课程（含未发布）"""
        return page_json(self.courses.list_all(args.limit, args.cursor), course_json)

    @guard(Role.EDITOR)
    @body(NewCourse)
    def post(self, data: NewCourse) -> tuple[dict[str, Any], int]:
        """新增课程"""
        return course_json(self.courses.add_course(data.id, data.fields(), current_caller())), 201


class StaffCourse(CourseResource):
    @guard(Role.EDITOR)
    def get(self, course_id: str) -> dict[str, Any]:
        """一门课程（含未发布）"""
        return course_json(self.courses.find_course(course_id))

    @guard(Role.EDITOR)
    @body(CourseFields)
    def put(self, course_id: str, data: CourseFields) -> dict[str, Any]:
        """修改课程（If-Match 写明版本）"""
        return course_json(
            self.courses.edit_course(course_id, data.fields(), revision_from_header(), current_caller())
        )


def add_routes(api: Api, courses: CourseService) -> None:
    """Mount `/courses` and `/staff/courses`."""
    routes = {"": CourseList, "/series": SeriesList, "/<string:course_id>": OneCourse}
    add_namespace(api, "courses", "课程", routes, courses=courses)
    staff = {"": StaffCourseList, "/<string:course_id>": StaffCourse}
    add_namespace(api, "staff/courses", "课程管理", staff, courses=courses)
