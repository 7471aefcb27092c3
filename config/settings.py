"""Settings, from the environment (the README has the table). Safe defaults; missing secrets stop the start."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.environment import broker, media_storage

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)

SITE_NAME = env.str("SITE_NAME", "学时")
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
_LOCAL = _site.hostname in {"127.0.0.1", "localhost", "::1"}
if DEMO and not _LOCAL:
    raise ImproperlyConfigured("DEMO=1 是演示模式，只能用于本机的 SITE_URL")

_RELAXED = DEBUG or DEMO
SECRET_KEY = env.str("SECRET_KEY", "demo-only-secret-key-never-use-it-for-a-real-site-0123456789" if _RELAXED else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing: set a random text of 50 characters or more")
ID_ENCRYPTION_KEYS = env.list(
    "ID_ENCRYPTION_KEYS", default=["demo:eHVlc2hpLWRlbW8ta2V5LW5ldmVyLXVzZS1pdC1saXY"] if _RELAXED else []
)
if not ID_ENCRYPTION_KEYS:
    raise ImproperlyConfigured("ID_ENCRYPTION_KEYS is missing: kid:base64 of 32 random bytes, newest first")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if _LOCAL else [_site.hostname])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "core",
    "identity",
    "media_pipeline",
    "cms",
    "registry.inbox",
    "registry.approvals",
    "registry.units",
    "registry.people",
    "registry.hours",
    "learning",
    "exams",
    "payments",
    "api",
    "web",
    "console",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "identity.wagtail_app.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "captcha",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "django_filters",
    "csp",
    "django_structlog",
    "django_prometheus",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "api.fast_lane.FastLaneMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.middleware.WagtailAdminPolicyMiddleware",
    "web.middleware.AnonymousPageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "identity.middleware.ActingRoleMiddleware",
    "identity.first_things.FirstThingsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.request_log.RequestLogMiddleware",
    "cms.middleware.PublishRefusedMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.site",
                "console.menu.console",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE and WAL: eight concurrent writers all get through (architecture.md, "What correctness rests on").
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 600)
    _database["CONN_HEALTH_CHECKS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
}

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "identity.backends.LoginKeyBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "identity.passwords.IdentityDerivedValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/learn/"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", 2 * 3600)
SESSION_REMEMBERED_SECONDS = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

AXES_HANDLER = "identity.lockout.Handler"  # counts, locks and says why it doesn't leave that to axes
AXES_USERNAME_CALLABLE = "identity.lockout.account_of"
AXES_CLIENT_IP_CALLABLE = "identity.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "web.errors.locked"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_VERBOSE = False
SECOND_FACTOR_FOR = frozenset(env.list("SECOND_FACTOR_FOR", default=[]))  # staff, administrators
PASSWORD_RESET_TIMEOUT = 60 * env.int("PASSWORD_RESET_MINUTES", 60)  # seconds that the link in the mail works
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

CAPTCHA_LENGTH = 4
CAPTCHA_TIMEOUT = 5  # minutes
CAPTCHA_IMAGE_SIZE = (118, 44)
CAPTCHA_FONT_SIZE = 26
CAPTCHA_BACKGROUND_COLOR = "#eef2f3"
CAPTCHA_FOREGROUND_COLOR = "#0b6164"
CAPTCHA_CHALLENGE_FUNCT = "identity.captcha.challenge"

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BearerAuthentication",
        "api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.JSONBody"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.CallsAMinute"],
    "NUM_PROXIES": TRUSTED_PROXIES,
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
}
API_CALLS_A_MINUTE = env.int("API_CALLS_A_MINUTE", 600)
API_VISITOR_CALLS_A_MINUTE = env.int("API_VISITOR_CALLS_A_MINUTE", 1200)  # a whole hospital behind one address
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "api.errors.ExceptionHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(hours=12),
    "TOKEN_MODEL": "identity.AccessToken",
    "AUTO_REFRESH": False,
}
KNOX_TOKEN_MODEL = "identity.AccessToken"
SPECTACULAR_SETTINGS = {
    "TITLE": "Xueshi API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["api.plain_schema.our_operations"],
    "ENUM_NAME_OVERRIDES": {
        "LessonStateEnum": "api.catalogue.STATES",
        "QuestionKindEnum": "api.questions.KINDS",
        "CaseStateEnum": "api.reviews.CASE_STATES",
        "StepStateEnum": "api.reviews.STEP_STATES",
        "ReviewStateEnum": "api.reviews.STATES",
        "OrderProviderEnum": "api.orders.PROVIDERS",
        "OrderPaidByEnum": "api.orders.PAID_BY",
    },
}

# --- Jobs -------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(env, VAR_DIR, REDIS_URL)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ROUTES = {"media_pipeline.*": {"queue": "media"}}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-videos": {"task": "media_pipeline.sweep_videos", "schedule": 5.0 if _RELAXED else 60.0},
    "sweep-password-resets": {"task": "identity.sweep_password_resets", "schedule": 30.0},
    "raise-overdue-cases": {"task": "approvals.raise_overdue", "schedule": 600.0},
    "follow-mergers": {"task": "units.follow_mergers", "schedule": 600.0},
    "publish-scheduled": {"task": "cms.publish_scheduled", "schedule": 60.0},
    "sweep-question-imports": {"task": "cms.sweep_imports", "schedule": 60.0},
    "close-overdue-exams": {"task": "exams.close_overdue", "schedule": 10.0},
    "count-exam-attempts": {"task": "exams.count_attempts", "schedule": 60.0},
    "sweep-exam-regradings": {"task": "exams.sweep_regradings", "schedule": 60.0},
    "sweep-orders": {"task": "payments.sweep_orders", "schedule": 20.0},
    "ask-for-bills": {"task": "payments.ask_for_bills", "schedule": 300.0},
    "sweep-refunds": {"task": "payments.sweep_refunds", "schedule": 20.0},
    "drop-old-payment-notices": {"task": "payments.drop_old_notices", "schedule": 3600.0},
    "send-mails": {"task": "inbox.send_mails", "schedule": 30.0},
    "drop-old-messages": {"task": "inbox.drop_old", "schedule": 3600.0},
}

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "assets",
    ("vendor/bootstrap", BASE_DIR / "node_modules/bootstrap/dist"),
    ("vendor/bootstrap-icons", BASE_DIR / "node_modules/bootstrap-icons/font"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/hls", BASE_DIR / "node_modules/hls.js/dist"),
    ("vendor/katex", BASE_DIR / "node_modules/katex/dist"),
    ("vendor/echarts", BASE_DIR / "node_modules/echarts/dist"),
]
WHITENOISE_USE_FINDERS = _RELAXED
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
MEDIA_STORAGE = env.str("MEDIA_STORAGE", f"file:{MEDIA_ROOT}")
STORAGES = {
    "default": media_storage(MEDIA_STORAGE, env),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _RELAXED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_BASE_URL = env.str("MEDIA_BASE_URL", "").rstrip("/")  # a CDN in front of the bucket; empty: the app serves it
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a syllabus of 60 lessons posts thousands (facts/proven.md, A)
VIDEO_MAX_BYTES = env.int("VIDEO_MAX_BYTES", 4 * 1024**3)

# --- Watching ---------------------------------------------------------------------------------------------------------
HEARTBEAT_SECONDS = env.int("HEARTBEAT_SECONDS", 10)

# --- Money
REFUND_DAYS = env.int("REFUND_DAYS", 7)  # how long after paying a learner who hasn't begun may ask for it back
BANK_ACCOUNT = env.str("BANK_ACCOUNT", "")  # account, bank and number that units transfer to, as one line of text

# --- Approvals --------------------------------------------------------------------------------------------------------
REVIEW_WORKDAYS = env.int("REVIEW_WORKDAYS", 2)  # after these a case is overdue and rises to the superior's list

# --- Payments ---------------------------------------------------------------------------------------------------------
# As text here; payments/providers/accounts.py reads keys and addresses, `doctor` says what is wrong with them.
WECHAT_MCHID = env.str("WECHAT_MCHID", "")
WECHAT_APPID = env.str("WECHAT_APPID", "")
WECHAT_APIV3_KEY = env.str("WECHAT_APIV3_KEY", "")
WECHAT_CERT_SERIAL = env.str("WECHAT_CERT_SERIAL", "")
WECHAT_PRIVATE_KEY = env.str("WECHAT_PRIVATE_KEY", "")
WECHAT_PUBLIC_KEY = env.str("WECHAT_PUBLIC_KEY", "")
WECHAT_PUBLIC_KEY_ID = env.str("WECHAT_PUBLIC_KEY_ID", "")
WECHAT_GATEWAY = env.str("WECHAT_GATEWAY", "")
ALIPAY_APPID = env.str("ALIPAY_APPID", "")
ALIPAY_SELLER_ID = env.str("ALIPAY_SELLER_ID", "")
ALIPAY_PRIVATE_KEY = env.str("ALIPAY_PRIVATE_KEY", "")
ALIPAY_PUBLIC_KEY = env.str("ALIPAY_PUBLIC_KEY", "")
ALIPAY_GATEWAY = env.str("ALIPAY_GATEWAY", "")

# --- Wagtail ----------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_I18N_ENABLED = False
WAGTAIL_AUTOSAVE_INTERVAL = 5000  # milliseconds; a class page takes up to 0.75 s to save
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # checked and as an attachment on every storage; /media/ has no documents
WAGTAILDOCS_EXTENSIONS = ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILADMIN_USER_LOGIN_FORM = "identity.staff_login.StaffLoginForm"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # /me/password/ does it

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # one clock for everybody; of all zones Debian has, browsers refuse some
USE_I18N = True
USE_TZ = True

# --- What the browser is told -----------------------------------------------------------------------------------------
_media_sources = [SELF, "blob:"] + ([MEDIA_BASE_URL] if MEDIA_BASE_URL else [])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"] + ([MEDIA_BASE_URL] if MEDIA_BASE_URL else []),
        "media-src": _media_sources,
        "connect-src": [SELF] + ([MEDIA_BASE_URL] if MEDIA_BASE_URL else []),
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
_https = _site.scheme == "https"
SECURE_SSL_REDIRECT = _https and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # probes come straight to the process
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
X_FRAME_OPTIONS = "DENY"

# --- Mail and logs ----------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", "consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"no-reply@{_site.hostname}")
PROMETHEUS_EXPORT_MIGRATIONS = False
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # opens /metrics as a bearer token; empty: loopback only
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "ext://config.logs.renderer",
            "foreign_pre_chain": "ext://config.logs.shared_processors",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
