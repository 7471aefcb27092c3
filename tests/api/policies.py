"""What each address of the project lets whom do. `test_permissions.py` builds its matrix from the URL configuration:
an address that isn't here fails.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """Whom an address lets in, and how the matrix asks it."""

    who: str
    method: str = "GET"
    body: str = "{}"


PUBLIC = Policy("everybody")
LOGIN = Policy("logged in")
LEARNER = Policy("learner")
"""A technician."""
STAFF = Policy("staff")
"""The platform's own people, in Wagtail."""
CAPABILITY = Policy("capability")
"""The address itself holds a secret that is bound to its holder; to all others it is unknown."""
TICKET = Policy("ticket")
"""As a capability, but good without a session too: native players fetch media without our headers."""
KEPT_BACK = Policy("kept back")
"""A learner's own that he may not see yet, as the example stands; the page's tests see it later."""
TOLD = Policy("learner, told on the page")
"""A learner; others are led back to the page that says why not, and nothing has changed."""
MACHINE = Policy("machine")
"""This machine and holders of the token; the matrix asks from elsewhere."""


ADMINISTRATOR = Policy("administrator")
"""Whoever administers an organisation, whichever modules he has."""
BUREAU = Policy("bureau")
"""Whoever administers an HR bureau, with the page's module."""
ANOTHERS = Policy("another's")
"""The example is another unit's or person's: nobody of the matrix finds it; its owner does in the page's tests."""


def module(name: str) -> Policy:
    """The administrators whose super has this permission module; for all others the address isn't there."""
    return Policy(f"module {name}")


def posting(policy: Policy, body: str = "{}") -> Policy:
    """The same people, by POST; a body that is no JSON is a form's."""
    return Policy(policy.who, "POST", body)


# Exact addresses, as the URL configuration spells them.
POLICIES: dict[str, Policy] = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": MACHINE,
    # --- REST API
    "api/v1/": PUBLIC,
    "api/v1/schema/": PUBLIC,
    "api/v1/docs/": PUBLIC,
    "api/v1/auth/captcha": posting(PUBLIC),
    "api/v1/auth/login": posting(PUBLIC),
    "api/v1/auth/role": posting(LOGIN, '{"role": "0"}'),
    "api/v1/auth/logout": posting(LOGIN),
    "api/v1/me": LOGIN,
    "api/v1/me/password": posting(LOGIN),
    "api/v1/me/summary": LOGIN,
    "api/v1/me/years": LOGIN,
    "api/v1/me/years/<int:year>": LOGIN,
    "api/v1/specialties": PUBLIC,
    "api/v1/classes": PUBLIC,
    "api/v1/classes/<text:slug>": PUBLIC,
    "api/v1/classes/<text:slug>/enrolment": posting(LEARNER),
    "api/v1/codes/<text:table>": PUBLIC,
    "api/v1/organisations": PUBLIC,
    "api/v1/organisations/<row:unit>/departments": PUBLIC,
    "api/v1/registrations/technician": posting(PUBLIC),
    "api/v1/registrations/employer": posting(PUBLIC),
    "api/v1/registrations/department": posting(PUBLIC),
    "api/v1/registrations/base": posting(PUBLIC),
    "api/v1/registrations/bureau": posting(PUBLIC),
    "api/v1/reviews": LOGIN,
    "api/v1/reviews/decisions": posting(LOGIN, '{"ids": ["1"], "decision": "pass"}'),
    "api/v1/reviews/<row:case>": ANOTHERS,
    "api/v1/reviews/<row:case>/decision": posting(ANOTHERS, '{"decision": "pass"}'),
    "api/v1/administrators": module("administrators"),
    "api/v1/administrators/people": posting(module("administrators"), '{"q": "李"}'),
    "api/v1/administrators/<row:membership>": Policy(ANOTHERS.who, "DELETE"),
    "api/v1/administrators/<row:membership>/super": posting(ANOTHERS, '{"password": "Xueshi-2026"}'),
    "api/v1/roles": module("roles"),
    "api/v1/roles/<row:role>": ANOTHERS,
    "api/v1/units": module("units"),
    "api/v1/units/<row:unit>": ANOTHERS,
    "api/v1/me/profile": LEARNER,
    "api/v1/title-changes": LOGIN,
    "api/v1/title-changes/<row:case>/withdraw": posting(ANOTHERS),
    "api/v1/transfers": LOGIN,
    "api/v1/transfers/<row:case>/withdraw": posting(ANOTHERS),
    "api/v1/cases": LOGIN,
    "api/v1/cases/<row:case>": ANOTHERS,
    "api/v1/cases/<row:case>/reminder": posting(ANOTHERS),
    "api/v1/cases/<row:case>/objection": posting(ANOTHERS, '{"reason": "1"}'),
    "api/v1/messages": LOGIN,
    "api/v1/orders": LOGIN,
    "api/v1/orders/<slug:no>": ANOTHERS,
    "api/v1/orders/<slug:no>/cancel": posting(ANOTHERS),
    "api/v1/orders/<slug:no>/provider": posting(ANOTHERS, '{"provider": "wechat"}'),
    "api/v1/orders/<slug:no>/refund": posting(ANOTHERS, '{"reason": "1"}'),
    "api/v1/orders/<slug:no>/invoice": posting(ANOTHERS, '{"heading_kind": "person", "heading": "1"}'),
    "api/v1/purchases": posting(ANOTHERS, '{"class": "no-such-class", "seats": 1, "provider": "bank"}'),
    "api/v1/purchases/quote": posting(ANOTHERS, '{"class": "no-such-class", "seats": 1}'),
    "api/v1/purchases/<slug:no>/transfer": posting(ANOTHERS),
    "api/v1/purchases/<slug:no>/seats": ANOTHERS,
    "api/v1/purchases/<slug:no>/assign": posting(ANOTHERS, '{"person": 1}'),
    "api/v1/purchases/<slug:no>/send": posting(ANOTHERS, '{"people": [1]}'),
    "api/v1/purchases/<slug:no>/refund": posting(ANOTHERS, '{"seats": 1, "reason": "1"}'),
    "api/v1/seats/redeem": posting(ANOTHERS, '{"code": "1"}'),
    "api/v1/messages/<row:message>/read": posting(ANOTHERS),
    "api/v1/lessons/<str:lesson>/watch": posting(LEARNER),
    "api/v1/lessons/<str:lesson>/preview": PUBLIC,
    "api/v1/previews/<str:lesson>/playlist.m3u8": PUBLIC,
    "api/v1/previews/<str:lesson>/<slug:rendition>.m3u8": PUBLIC,
    "api/v1/previews/<str:lesson>/keys/<int:window>": PUBLIC,
    "api/v1/watches/<str:watch>/heartbeat": posting(CAPABILITY, '{"position": 1}'),
    "api/v1/watches/<str:watch>/end": posting(CAPABILITY, '{"position": 1}'),
    "api/v1/watches/<str:watch>/quizzes/<str:quiz>/answers": posting(CAPABILITY, '{"answers": {}}'),
    "api/v1/watches/<str:ticket>/playlist.m3u8": TICKET,
    "api/v1/watches/<str:ticket>/<slug:rendition>.m3u8": TICKET,
    "api/v1/watches/<str:ticket>/keys/<int:window>": TICKET,
    "api/v1/exams": LEARNER,
    "api/v1/courses/<str:course>/exam-attempts": posting(LEARNER),
    "api/v1/exam-attempts/<attempt:attempt>": LEARNER,
    "api/v1/exam-attempts/<attempt:attempt>/answers": Policy(LEARNER.who, "PATCH", '{"answers": {}}'),
    "api/v1/exam-attempts/<attempt:attempt>/submit": posting(LEARNER),
    "api/v1/exam-attempts/<attempt:attempt>/review": KEPT_BACK,
    "api/v1/practice": LEARNER,
    "api/v1/practice/<str:course>/answers": posting(ANOTHERS, '{"answers": {"0": ["a"]}}'),
    "api/v1/mistakes": LEARNER,
    "api/v1/unit": module("own_unit"),
    "api/v1/unit/departments": posting(module("own_unit")),
    "api/v1/unit/departments/<row:department>": Policy("another's", "PATCH"),
    "api/v1/unit-changes": module("own_unit"),
    "api/v1/unit-changes/<row:case>/withdraw": posting(ANOTHERS),
    "api/v1/parent-changes": module("own_unit"),
    "api/v1/parent-changes/<row:case>/withdraw": posting(ANOTHERS),
    # --- Console
    "console/": ADMINISTRATOR,
    "console/deputies/": ADMINISTRATOR,
    "console/deputies/<row:deputy>/recall/": posting(ANOTHERS),
    "console/reviews/<slug:kind>/": module("title_changes"),
    "console/reviews/<slug:kind>/decide/": posting(module("title_changes"), "decision=pass"),
    "console/reviews/<slug:kind>/hide/": posting(module("title_changes")),
    "console/cases/<row:case>/": ANOTHERS,
    "console/cases/<row:case>/decide/": posting(ANOTHERS),
    "console/cases/<row:case>/reveal/": posting(ANOTHERS),
    "console/unit/": module("own_unit"),
    "console/unit/contacts/": posting(module("own_unit"), "phone=1"),
    "console/unit/me/": posting(module("own_unit"), "mobile=1"),
    "console/unit/change/": module("own_unit"),
    "console/unit/parent/": module("own_unit"),
    "console/unit/withdraw/<row:case>/": posting(ANOTHERS),
    "console/unit/history/": module("own_unit"),
    "console/unit/departments/": module("own_unit"),
    "console/unit/departments/add/": module("own_unit"),
    "console/unit/departments/<row:department>/": ANOTHERS,
    "console/unit/departments/<row:department>/order/": posting(ANOTHERS),
    "console/unit/departments/<row:department>/close/": posting(ANOTHERS),
    # --- Pages
    "login/": PUBLIC,
    "login/captcha/": posting(PUBLIC),
    "login/captcha/<str:key>.wav": PUBLIC,
    "login/code/": ANOTHERS,
    "login/remind/": posting(ANOTHERS),
    "admin/login/": PUBLIC,
    "admin/logout/": posting(ANOTHERS),  # leads everybody to the login
    "password/forgot/": PUBLIC,
    "password/reset/<str:uid>/<str:token>/": PUBLIC,
    "logout/": posting(PUBLIC),
    "role/": LOGIN,
    "me/": LOGIN,
    "me/password/": LOGIN,
    "me/security/": LOGIN,
    "me/security/setup/": LOGIN,
    "me/security/off/": LOGIN,
    "me/security/end/": posting(LOGIN, "device=others"),
    "me/profile/": LEARNER,
    "me/profile/title/": LEARNER,
    "me/transfer/": LEARNER,
    "me/cases/": LOGIN,
    "me/cases/<row:case>/": ANOTHERS,
    "me/cases/<row:case>/remind/": posting(ANOTHERS),
    "me/cases/<row:case>/withdraw/": posting(ANOTHERS),
    "me/cases/<row:case>/object/": posting(ANOTHERS, "reason=1"),
    "me/messages/": LOGIN,
    "me/messages/read/": posting(LOGIN),
    "me/messages/mail/": posting(LOGIN),
    "me/messages/<row:message>/": ANOTHERS,
    "me/data/": LOGIN,
    "me/data/close/": LOGIN,
    "me/years/": LEARNER,
    "me/years/<int:year>/": LEARNER,
    "classes/<page_slug:slug>/enrol/": posting(TOLD),
    "payments/callbacks/<slug:name>": posting(PUBLIC),
    "orders/": LEARNER,
    "orders/new/": LEARNER,
    "orders/redeem/": LEARNER,
    "orders/<slug:no>/": ANOTHERS,
    "orders/<slug:no>/pay/": ANOTHERS,
    "orders/<slug:no>/pay/code/": posting(ANOTHERS, "provider=wechat"),
    "orders/<slug:no>/pay/code.png": ANOTHERS,
    "orders/<slug:no>/paid/": ANOTHERS,
    "orders/<slug:no>/check/": posting(ANOTHERS),
    "orders/<slug:no>/cancel/": posting(ANOTHERS),
    "orders/<slug:no>/refund/": posting(ANOTHERS, "reason=1"),
    "orders/<slug:no>/refund/withdraw/": posting(ANOTHERS),
    "orders/<slug:no>/invoice/": posting(ANOTHERS, "heading_kind=person&heading=1"),
    "orders/<slug:no>/invoice.pdf": ANOTHERS,
    "learn/": LEARNER,
    "learn/exams/": LEARNER,
    "learn/exams/<int:course>/": LEARNER,
    "learn/exams/attempts/<uuid:attempt>/": LEARNER,
    "learn/exams/attempts/<uuid:attempt>/result/": LEARNER,
    "learn/practice/": LEARNER,
    "learn/practice/<int:course>/": LEARNER,
    "learn/mistakes/": LEARNER,
    "classes/<page_slug:slug>/preview/<int:lesson>/": PUBLIC,
    "learn/<int:enrolment>/": LEARNER,
    "learn/<int:enrolment>/lessons/<int:lesson>/": LEARNER,
    "manifest.webmanifest": PUBLIC,
    "service-worker.js": PUBLIC,
    "offline/": PUBLIC,
    "media/<path:path>": PUBLIC,
    "images/<str:signature>/<int:image_id>/<str:filter_spec>/": PUBLIC,
    "pickers/<str:what>/": PUBLIC,
    "register/": PUBLIC,
    "register/technician/": PUBLIC,
    "register/technician/sent/": PUBLIC,
    "register/employer/": PUBLIC,
    "register/employer/sent/": PUBLIC,
    "register/department/": PUBLIC,
    "register/department/sent/": PUBLIC,
    "register/base/": PUBLIC,
    "register/base/sent/": PUBLIC,
    "register/bureau/": PUBLIC,
    "register/bureau/sent/": PUBLIC,
    # --- Administrators, roles, units below, a bureau's registers
    "console/administrators/": module("administrators"),
    "console/administrators/add/": module("administrators"),
    "console/administrators/added/": module("administrators"),
    "console/administrators/<row:membership>/": ANOTHERS,
    "console/administrators/<row:membership>/delete/": posting(ANOTHERS),
    "console/administrators/<row:membership>/super/": posting(ANOTHERS),
    "console/roles/": module("roles"),
    "console/roles/new/": module("roles"),
    "console/roles/delete/": posting(module("roles")),
    "console/roles/<row:role>/": ANOTHERS,
    "console/purchases/": module("purchases"),
    "console/purchases/new/": module("purchases"),
    "console/purchases/order/": module("purchases"),
    "console/purchases/quote.pdf": module("purchases"),
    "console/purchases/<slug:no>/": ANOTHERS,
    "console/purchases/<slug:no>/quote.pdf": ANOTHERS,
    "console/purchases/<slug:no>/pay/": ANOTHERS,
    "console/purchases/<slug:no>/pay/code/": posting(ANOTHERS, "provider=bank"),
    "console/purchases/<slug:no>/check/": posting(ANOTHERS),
    "console/purchases/<slug:no>/cancel/": posting(ANOTHERS),
    "console/purchases/<slug:no>/give/": posting(ANOTHERS, "people=1&send=1"),
    "console/purchases/<slug:no>/seats.xlsx": ANOTHERS,
    "console/purchases/<slug:no>/refund/": posting(ANOTHERS, "seats=1&reason=1"),
    "console/purchases/<slug:no>/refund/withdraw/": posting(ANOTHERS),
    "console/purchases/<slug:no>/invoice/": posting(ANOTHERS, "heading_kind=person&heading=1"),
    "console/purchases/<slug:no>/invoice.pdf": ANOTHERS,
    "console/units/": module("units"),
    "console/units/<row:unit>/": ANOTHERS,
    "console/units/<row:unit>/hours-review/": posting(ANOTHERS),
    "console/units/<row:unit>/change/": posting(ANOTHERS),
    "console/units/<row:unit>/delete/": posting(ANOTHERS),
    "console/units/<row:unit>/super/": posting(ANOTHERS),
    "console/units/<row:unit>/administrators/<row:membership>/delete/": posting(ANOTHERS),
    "console/bureaus/": BUREAU,
    "console/departments/": BUREAU,
    "console/employers/": BUREAU,
    "console/bases/": BUREAU,
}

# Trees of other packages, under the address they are included at.
TREES: dict[str, Policy] = {
    "admin/": STAFF,
    "documents/": PUBLIC,
    "": PUBLIC,
}

OPEN_IN_TREES = {
    "admin/login/",
    "admin/logout/",
    # The words and pictures of the login page.
    "admin/jsi18n/",
    "admin/sprite/",
}
"""What such a tree shows to everybody."""
