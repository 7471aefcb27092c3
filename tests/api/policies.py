"""What each address of the project lets whom do. `test_permissions.py` builds its matrix from the URL configuration:
an address that isn't here fails.

A policy says what a visitor and what a person in a given role gets. `PUBLIC`: everybody. `LOGIN`: whoever is logged in.
`LEARNER`: a technician. `STAFF`: the platform's own people, in Wagtail. `CAPABILITY`: the address itself holds a secret
bound to its holder; to all others it is unknown. `MACHINE`: this machine and holders of the token.
`LOGGED_OUT`: for who isn't logged in yet.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    who: str
    method: str = "GET"
    body: str = "{}"


PUBLIC = Policy("everybody")
LOGIN = Policy("logged in")
LEARNER = Policy("learner")
STAFF = Policy("staff")
MACHINE = Policy("machine")
CAPABILITY = Policy("capability")


def posting(policy: Policy, body: str = "{}") -> Policy:
    return Policy(policy.who, "POST", body)


# Exact addresses, as `config.urls` spells them.
POLICIES: dict[str, Policy] = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": MACHINE,
    # --- REST API
    "api/v1/": PUBLIC,
    "api/v1/schema/": PUBLIC,
    "api/v1/docs/": PUBLIC,
    "api/v1/me/summary": LOGIN,
    "api/v1/me/years": LOGIN,
    "api/v1/me/years/<int:year>": LOGIN,
    "api/v1/specialties": PUBLIC,
    "api/v1/classes": PUBLIC,
    "api/v1/classes/<str:slug>": PUBLIC,
    "api/v1/classes/<str:slug>/enrolment": posting(LEARNER),
    "api/v1/codes/<str:table>": PUBLIC,
    "api/v1/lessons/<str:lesson>/watch": posting(LEARNER),
    "api/v1/lessons/<str:lesson>/preview": PUBLIC,
    "api/v1/previews/<str:lesson>/playlist.m3u8": PUBLIC,
    "api/v1/previews/<str:lesson>/<slug:rendition>.m3u8": PUBLIC,
    "api/v1/previews/<str:lesson>/keys/<int:window>": PUBLIC,
    "api/v1/watches/<str:watch>/heartbeat": posting(CAPABILITY, '{"position": 1}'),
    "api/v1/watches/<str:watch>/end": posting(CAPABILITY),
    "api/v1/watches/<str:watch>/quizzes/<str:quiz>/answers": posting(CAPABILITY, '{"answers": {}}'),
    "api/v1/watches/<str:ticket>/playlist.m3u8": CAPABILITY,
    "api/v1/watches/<str:ticket>/<slug:rendition>.m3u8": CAPABILITY,
    "api/v1/watches/<str:ticket>/keys/<int:window>": CAPABILITY,
}
