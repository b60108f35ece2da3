"""The routes of pages: the built page at `/`, plain pages of policies, the map of the site, previews."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from urllib.parse import quote

from flask import Blueprint, Flask, Request, Response, make_response, render_template, request
from werkzeug.exceptions import NotFound

from backend.catalogue.service import CatalogueService, WithdrawnPolicy, standing
from backend.catalogue.wording import STANDINGS, day_text
from backend.pages.built import BuiltPage
from backend.pages.headers import PLAIN_POLICY
from backend.pages.index import policies_by_kind
from backend.pages.policy import explanations_by_kind, policy_page
from backend.shared.clock import Clock, in_shanghai

_APP = "/#/pages/policy?slug="
_NEVER_PAGES = ("/api/", "/healthz", "/readyz", "/swaggerui/")
_MOST_EXPLANATIONS = 100
_STYLE = files(__package__).joinpath("styles/plain.css").read_bytes()
_ICON = files(__package__).joinpath("styles/icon.svg").read_bytes()
_STYLE_URL = f"/plain/{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"


def add_pages(app: Flask, catalogue: CatalogueService, clock: Clock, built: BuiltPage) -> None:
    """Mount `/`, `/policies`, `/previews`, `/sitemap.xml`, `/robots.txt`."""
    pages = Blueprint("pages", __name__, template_folder="templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    pages.add_app_template_filter(lambda day: day_text(day) if day else "", "day")
    pages.add_app_template_filter(lambda moment: day_text(in_shanghai(moment).date()), "moment")
    _add_built(pages, built)
    _add_policies(pages, catalogue, clock)
    _add_previews(pages, catalogue, clock)
    _add_for_robots(pages, catalogue)
    app.register_blueprint(pages)


def error_page(answer: Response, request: Request) -> Response:
    """The answer to an error as a page, where a person and not a program asked; else the answer as it is."""
    accepted = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if request.path.startswith(_NEVER_PAGES) or accepted != "text/html" or answer.status_code < 400:
        return answer
    message = (answer.get_json(silent=True) or {}).get("message", "")
    page = _page("error", answer.status_code, "no-store", code=answer.status_code, message=message)
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def _add_built(pages: Blueprint, built: BuiltPage) -> None:
    @pages.get("/")
    def app_page() -> Response:
        """The web page; without a build, how to make one and what can be read without it."""
        found = built.index()
        if found is None:
            found = _page("unbuilt", 503, "no-store")
            found.headers["Retry-After"] = "30"
        return found

    @pages.get("/<any(assets,static):folder>/<path:name>")
    def app_file(folder: str, name: str) -> Response:
        """A file of the build."""
        found = built.file(f"{folder}/{name}")
        if found is None:
            raise NotFound
        return found

    @pages.get("/favicon.ico")
    def icon() -> Response:
        """The sign of all pages, which browsers ask for unasked."""
        return Response(_ICON, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _add_policies(pages: Blueprint, catalogue: CatalogueService, clock: Clock) -> None:
    @pages.get(_STYLE_URL)
    def style() -> Response:
        """The look of plain pages."""
        caching = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(_STYLE, mimetype="text/css", headers=caching)

    @pages.get("/policies")
    def policy_index() -> Response:
        """Every published policy, by kind."""
        groups = policies_by_kind(catalogue.published_sheets(), clock.today())
        return _page(
            "policies", groups=groups, standings=STANDINGS, canonical=f"{catalogue.public_url}/policies"
        )

    @pages.get("/policies/<string:slug>")
    def policy(slug: str) -> Response:
        """One policy; a withdrawn one says why and what replaced it."""
        found = catalogue.read_published(slug)
        canonical = f"{catalogue.public_url}/policies/{slug}"
        titles = _titles(catalogue)
        if isinstance(found, WithdrawnPolicy):
            newer = found.replaced_by or ""
            return _page("withdrawn", policy=found, newer=newer, titles=titles, canonical=canonical)
        replaced_by = [
            (newer, titles.get(newer, newer)) for newer in catalogue.replaced_by(slug, found.sheet.number)
        ]
        today, links = clock.today(), catalogue.links(found.sheet)
        page = policy_page(found.sheet, catalogue.standing(found), today, replaced_by, links, titles)
        explained = catalogue.explanations.of_policy(slug, _MOST_EXPLANATIONS, None).items
        return _page(
            "policy",
            page=page,
            sheet=found.sheet,
            version=found.version,
            published_at=found.published_at,
            replaced_by=replaced_by,
            explained=explanations_by_kind(explained),
            canonical=canonical,
            host=catalogue.public_url,
            app_link=f"{_APP}{quote(slug)}",
        )


def _add_previews(pages: Blueprint, catalogue: CatalogueService, clock: Clock) -> None:
    @pages.get("/previews/<string:token>")
    def preview(token: str) -> Response:
        """A working copy, for whoever holds the link, until it ends."""
        policy = catalogue.previews.read(token)
        today = clock.today()
        page = policy_page(policy.sheet, standing(policy.sheet, today), today, known=_titles(catalogue))
        response = _page("policy", 200, "no-store", page=page, sheet=policy.sheet, draft=policy, explained={})
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _add_for_robots(pages: Blueprint, catalogue: CatalogueService) -> None:
    @pages.get("/sitemap.xml")
    def sitemap() -> Response:
        """Every page worth finding."""
        published = [(p.slug, in_shanghai(p.published_at).date()) for p in catalogue.published_sheets()]
        text = render_template("pages/sitemap.xml", host=catalogue.public_url, policies=published)
        return Response(text, mimetype="application/xml", headers={"Cache-Control": "no-cache"})

    @pages.get("/robots.txt")
    def robots() -> Response:
        """Policies may be found; the API and previews may not."""
        lines = ("User-agent: *", "Disallow: /api/", "Disallow: /previews/")
        text = "\n".join((*lines, f"Sitemap: {catalogue.public_url}/sitemap.xml", ""))
        return Response(text, mimetype="text/plain", headers={"Cache-Control": "no-cache"})


def _titles(catalogue: CatalogueService) -> dict[str, str]:
    return {policy.slug: policy.sheet.title for policy in catalogue.published_sheets()}


def _page(name: str, status: int = 200, caching: str = "no-cache", **shown: object) -> Response:
    response = make_response(render_template(f"pages/{name}.html", style_url=_STYLE_URL, **shown), status)
    response.headers["Content-Security-Policy"] = PLAIN_POLICY
    response.headers["Cache-Control"] = caching
    if caching != "no-store":
        response.add_etag()
        response.make_conditional(request)
    return response
