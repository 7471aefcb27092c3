"""What every page of the site may name: `site`. Nothing is read before a template asks for it."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from cms import queries as content
from cms.queries import Contact
from identity.acting import NOBODY, ActingRole
from registry.inbox import queries as inbox
from web.version import VERSION


@dataclass(frozen=True)
class Links:
    """Addresses that the frame of every page leads to; the contract's where it names them."""

    catalogue: str = "/catalogue/"
    public: str = "/catalogue/?subject=public"
    professional: str = "/catalogue/?subject=professional"
    news: str = "/news/"
    downloads: str = "/downloads/"
    help: str = "/help/"
    agreement: str = "/agreement/"


class Site:
    """The site as one request sees it."""

    name = settings.SITE_NAME
    links = Links()
    version = VERSION

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def role(self) -> ActingRole:
        """The one role this request acts in; nobody's where an error came before the role was known."""
        return getattr(self._request, "role", NOBODY)

    @cached_property
    def contact(self) -> Contact:
        """Who runs the site and how to reach its support; edited in Wagtail."""
        return content.contact()

    @cached_property
    def unread(self) -> int:
        """How many of one's messages wait to be read; nobody's are none."""
        return inbox.unread_count(self.role.user_id) if self.role.user_id else 0

    @property
    def tagline(self) -> str:
        """What the site is, in one line."""
        return self.contact.tagline


def site(request: HttpRequest) -> dict[str, Site]:
    """Context processor: `site.name`, `site.role`, `site.contact`, `site.links`, `site.unread`, `site.version`."""
    return {"site": Site(request)}
