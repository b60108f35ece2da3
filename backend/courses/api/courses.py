"""Web doors of the courses themselves."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import (
    body,
    current_caller,
    guard,
    public,
    query,
    revision_from_header,
)
from backend.courses.schemas import (
    CourseAnswer,
    CourseFields,
    CoursePage,
    CourseQuery,
    NewCourse,
    SeriesAnswer,
    SeriesPage,
    StaffQuery,
    course_json,
)
from backend.courses.service import Course
from backend.courses.service.room import CourseRoom
from backend.shared.caller import Role
from backend.shared.paging import Page


class CourseResource(Resource):
    def __init__(self, api: Api, room: CourseRoom) -> None:
        super().__init__(api)
        self.courses, self.attending = room.courses, room.attending

    def shown(self, course: Course) -> CourseAnswer:
        """A course with its rating."""
        return course_json(course, self.attending.ratings_of_courses([course.id]).get(course.id))

    def page(self, page: Page[Course]) -> CoursePage:
        """Courses with their ratings."""
        ratings = self.attending.ratings_of_courses([course.id for course in page.items])
        items = [course_json(course, ratings.get(course.id)) for course in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class CourseList(CourseResource):
    @public("课程对所有人公开")
    @query(CourseQuery)
    def get(self, args: CourseQuery) -> CoursePage:
        """已发布的课程"""
        return self.page(self.courses.list_courses(args.limit, args.cursor, args.series))


class SeriesList(CourseResource):
    @public("课程系列对所有人公开")
    def get(self) -> SeriesPage:
        """课程系列和各自的课程数"""
        items: list[SeriesAnswer] = [
            {"series": name, "courses": count} for name, count in self.courses.list_series()
        ]
        return {"items": items, "total": len(items), "next_cursor": None}


class OneCourse(CourseResource):
    @public("课程对所有人公开")
    def get(self, course_id: str) -> CourseAnswer:
        """一门课程"""
        return self.shown(self.courses.read_course(course_id))


class StaffCourseList(CourseResource):
    @guard(Role.EDITOR)
    @query(StaffQuery)
    def get(self, args: StaffQuery) -> CoursePage:
        """全部课程（含未发布）"""
        return self.page(self.courses.list_all(args.limit, args.cursor))

    @guard(Role.EDITOR)
    @body(NewCourse)
    def post(self, data: NewCourse) -> tuple[CourseAnswer, int]:
        """新增课程"""
        return self.shown(self.courses.add_course(data.id, data.fields(), current_caller())), 201


class StaffCourse(CourseResource):
    @guard(Role.EDITOR)
    def get(self, course_id: str) -> CourseAnswer:
        """一门课程（含未发布）"""
        return self.shown(self.courses.find_course(course_id))

    @guard(Role.EDITOR)
    @body(CourseFields)
    def put(self, course_id: str, data: CourseFields) -> CourseAnswer:
        """修改课程（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.courses.edit_course(course_id, data.fields(), revision, caller))


ROUTES: dict[str, type[Resource]] = {
    "": CourseList,
    "/series": SeriesList,
    "/<string:course_id>": OneCourse,
}
STAFF_ROUTES: dict[str, type[Resource]] = {"": StaffCourseList, "/<string:course_id>": StaffCourse}
