"""Search follows the content rooms: what changed there is put into the index or taken out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.catalogue import indexing as policy_documents
from backend.catalogue.service import CatalogueService, Explanation, PublishedPolicy
from backend.courses import indexing as course_documents
from backend.courses.service import CourseService
from backend.institutions import indexing as institution_documents
from backend.institutions.service import InstitutionService
from backend.people import indexing as people_documents
from backend.people.service import PeopleService
from backend.shared.paging import LARGEST_PAGE, every
from search_index.document import SearchDocument
from search_index.engine import Engine

MENTOR = "mentor"


class Content:
    """The records of the content rooms as search documents."""

    def __init__(
        self,
        catalogue: CatalogueService,
        courses: CourseService,
        institutions: InstitutionService,
        people: PeopleService,
    ) -> None:
        self.catalogue = catalogue
        self.courses = courses
        self.institutions = institutions
        self.people = people

    def documents(self) -> Iterator[SearchDocument]:
        """Everything the public may find."""
        for policy in self.catalogue.published_sheets():
            yield from policy_documents.search_documents(policy)
        for held, shown in every(
            lambda cursor: self.catalogue.explanations.every_question(LARGEST_PAGE, cursor)
        ):
            if shown:
                revision = self.catalogue.explanations.revision_of(held)
                yield from policy_documents.question_documents(held, shown, revision)
        for course in every(lambda cursor: self.courses.list_courses(LARGEST_PAGE, cursor)):
            yield from course_documents.search_documents(course)
        for institution in every(lambda cursor: self.institutions.list_institutions(LARGEST_PAGE, cursor)):
            yield from institution_documents.search_documents(institution)
        for adviser in every(lambda cursor: self.people.list_advisers(LARGEST_PAGE, cursor, MENTOR)):
            yield from people_documents.search_documents(adviser)

    def policy_changed(self, engine: Engine, slug: str) -> None:
        """What holds now is read, so the order of events is nothing."""
        revision, gone = self.catalogue.retired_documents(slug)
        published = self.catalogue.find_published([slug])
        engine.put(
            [document for policy in published for document in policy_documents.search_documents(policy)]
        )
        for document_id in gone:
            engine.remove(document_id, revision)
        self._follow_questions(engine, self.catalogue.explanations.questions_of(slug))

    def questions_changed(self, engine: Engine, explanation_id: str) -> None:
        """Put in, or take out when they are not public any more."""
        self._follow_questions(engine, self.catalogue.explanations.questions([explanation_id]))

    def _follow_questions(
        self, engine: Engine, found: Sequence[tuple[Explanation, PublishedPolicy | None]]
    ) -> None:
        for held, policy in found:
            revision = self.catalogue.explanations.revision_of(held)
            if policy:
                engine.put(policy_documents.question_documents(held, policy, revision))
                continue
            for number in range(len(held.content["items"])):
                engine.remove(policy_documents.question_id(held.id, number), revision)

    def course_changed(self, engine: Engine, key: str) -> None:
        """Put in, or take out when it is not listed any more."""
        course = self.courses.find_course(key)
        _follow(engine, course_documents.search_documents(course), course_documents.is_findable(course))

    def institution_changed(self, engine: Engine, key: str) -> None:
        """Put in, or take out when it is not listed any more."""
        found = self.institutions.find_institution(key)
        _follow(
            engine, institution_documents.search_documents(found), institution_documents.is_findable(found)
        )

    def adviser_changed(self, engine: Engine, key: str) -> None:
        """Put in, or take out when it is not listed any more; only mentors are found."""
        found = self.people.find_adviser(key)
        if found.level == MENTOR:
            _follow(engine, people_documents.search_documents(found), people_documents.is_findable(found))


def _follow(engine: Engine, documents: Sequence[SearchDocument], findable: bool) -> None:
    if findable:
        engine.put(documents)
        return
    for document in documents:
        engine.remove(document.id, document.revision)
