"""What a browser sees outside the API: the built web page at `/`, and plain pages without any script.

A room of its own and not a door of the catalogue: the map of the site, the index and a policy's page show
what several rooms know, and no feature needs them. It speaks plain Flask; flask-restx stays with the API.
"""

from backend.pages.headers import finish
from backend.pages.web import add_pages, error_page

__all__ = ["add_pages", "error_page", "finish"]
