"""Who runs the site, and which state of its content is the present one."""

import uuid
from dataclasses import dataclass

from django.core.cache import cache

from cms.models import SiteSupport
from cms.queries.memory import Memory

VERSION_KEY = "cms.content_version"
# Bumps are lost only with a process killed between its commit and the bump; then whole pages are stale this long.
VERSION_SECONDS = 300

_contacts = Memory(most=4)


@dataclass(frozen=True)
class Contact:
    """What every page's frame says of the organiser and its support (P1); empty where nothing is filled in."""

    tagline: str = ""
    organiser: str = ""
    phone: str = ""
    service_hours: str = ""
    email: str = ""
    footer: str = ""


def contact() -> Contact:
    """The contact of the site, as edited in Wagtail. No query while the content stays the same."""
    version = content_version()
    found: Contact | None = _contacts.get(version)
    if found is None:
        setting = SiteSupport.objects.filter(site__is_default_site=True).first()
        fields = ("tagline", "organiser", "phone", "service_hours", "email", "footer")
        found = Contact(**{name: getattr(setting, name) for name in fields}) if setting else Contact()
        _contacts.put(version, found)
    return found


def content_version() -> str:
    """A text that changes with any publication, withdrawal, deletion or setting. One cache read, no query."""
    version: str | None = cache.get(VERSION_KEY)
    if version is None:
        cache.add(VERSION_KEY, uuid.uuid4().hex, VERSION_SECONDS)
        version = cache.get(VERSION_KEY) or uuid.uuid4().hex
    return version
