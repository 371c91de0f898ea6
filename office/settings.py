"""One settings file; what differs between machines comes from the environment (.env.example)."""

from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from whitenoise.compress import Compressor

from office import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
OFFICE_VAR = Path(environment.text("OFFICE_VAR", str(BASE_DIR / "var"))).resolve()

DEMO = environment.flag("DEMO")
DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.text("SECRET_KEY", why="It signs sessions and links.")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
VAULT_KEYS = environment.words("VAULT_KEYS")  # id:base64 of 32 bytes, newest first
OFFICE_NAME = environment.text("OFFICE_NAME", "Bindery Insurance Services")
OFFICE_ADDRESS = environment.text("OFFICE_ADDRESS", "1400 Capitol Way, Sacramento CA 95814")
OFFICE_URL = environment.text("OFFICE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "office.apps.OfficeConfig",
    "customers",
    "accounting",
    "policies",
    "claims",
    "underwriting",
    "portal",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_fsm",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_structlog",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "office.doors.SecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "office.doors.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "office.doors.PersonalSettingsMiddleware",
    "office.doors.AuthorMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "office.doors.SecondFactorMiddleware",
    "office.doors.NoStoreMiddleware",
    "office.doors.RefusalMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "office.urls"
WSGI_APPLICATION = "office.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "office.templatetags.icon",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "office.doors.shell",
            ],
        },
    }
]

# PostgreSQL: the application role serves, the owner migrates (docs/operations.md).
PROCESS = environment.text("OFFICE_PROCESS", "command")  # web | worker | beat | command
DATABASE_ROLE = environment.text("DATABASE_ROLE", "application")
DATABASE_SETTING = "DATABASE_OWNER_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"
DATABASES = {"default": environment.database(DATABASE_SETTING, CONN_HEALTH_CHECKS=True)}
if PROCESS == "web":
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {"min_size": 2, "max_size": environment.number("DATABASE_POOL", 8), "timeout": 10},
    }

REDIS_URL = environment.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "bindery",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
CELERY = {
    "broker_url": REDIS_URL,
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure_or_timeout": True,
    "worker_prefetch_multiplier": 1,
    "task_serializer": "json",
    "accept_content": ["json"],
    "enable_utc": True,
    "timezone": "UTC",
    "task_time_limit": 660,
    "task_soft_time_limit": 600,
    "broker_connection_max_retries": None,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 1200,
        "global_keyprefix": "bindery:queue:",
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    },
    "worker_soft_shutdown_timeout": 10,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "beat_scheduler": "office.celery.HeartbeatScheduler",
    "beat_schedule_filename": str(OFFICE_VAR / "celerybeat-schedule"),
}

# People at the door.
AUTH_USER_MODEL = "office.User"
AUTHENTICATION_BACKENDS = [
    "office.doors.GrantsBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "office.doors.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up: staff are added, customers invited
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = OFFICE_URL.startswith("http://")
MFA_TOTP_ISSUER = "Bindery"
MFA_TOTP_TOLERANCE = 1  # a code may end while it is typed: RFC 6238, section 5.2
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "bindery_session"
CSRF_COOKIE_HTTPONLY = True

# Strict headers. Behind plain HTTP on one's own machine (make run) cookies cannot be Secure.
HTTPS = OFFICE_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# django-unfold evaluates Alpine expressions and sets styles in its markup.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": ["'unsafe-eval'"],
    "style-src-elem": [SELF, "'unsafe-inline'"],
    "style-src-attr": ["'unsafe-inline'"],
}

# Words, places, times.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "bindery_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["office.formats"]

# Files. Nothing under MEDIA_ROOT has a URL of its own: views stream it after asking who asks.
STATIC_URL = "static/"
STATIC_ROOT = OFFICE_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Source maps and unhashed twins would double the time of the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
MEDIA_ROOT = OFFICE_VAR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["office.uploads.SizeLimitedUploadHandler"]
UPLOAD_MAX_BYTES = environment.number("UPLOAD_MAX_BYTES", 25 * 1024 * 1024)
UPLOAD_DAILY_BYTES = environment.number("UPLOAD_DAILY_BYTES", 250 * 1024 * 1024)
UPLOAD_FREE_BYTES = environment.number("UPLOAD_FREE_BYTES", 1024**3)  # kept free on the disk
UPLOAD_SCANNER = environment.text("UPLOAD_SCANNER", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Money: whoever moves it (accounting/providers.py). The dummy bank may take its time, for tests.
PAYMENT_PROVIDER = environment.text("PAYMENT_PROVIDER", "dummy")
DUMMY_BANK_MILLISECONDS = environment.number("DUMMY_BANK_MILLISECONDS", 0)

# Mail.
globals().update(environment.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "office@bindery.example")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "office.api.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["office.api.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["office.api.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["office.api.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "office.api.problem_details",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Bindery",
    "VERSION": "1",
    "SERVE_PUBLIC": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,  # what is not for the reader's eyes is left out
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "docExpansion": "none"},
    "POSTPROCESSING_HOOKS": ["office.api.document_problems"],
}

UNFOLD = {
    "SITE_TITLE": "Bindery",
    "SITE_HEADER": "Bindery",
    "SITE_SYMBOL": "menu_book",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("img/mark.svg"),
        }
    ],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "#eff9fd",
            "100": "#e0f3fa",
            "200": "#b9e3f1",
            "300": "#86cde5",
            "400": "#5cc2e2",
            "500": "#2a93b8",
            "600": "#096284",
            "700": "#005070",
            "800": "#06435c",
            "900": "#102f3e",
            "950": "#061520",
        }
    },
}

# Logs are events with ids; personal data never enters them (office/logs.py).
LOGGING = logs.configuration(level=environment.text("LOG_LEVEL", "INFO"), pretty=DEBUG)
structlog.configure(**logs.structlog_configuration())
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
