"""Settings; every value that a deployment may change comes from the environment.

docs/settings.md lists the variables, and a test fails when one is missing there.
"""

from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF

from s3label_site import environment, storage_environment
from s3label_site.postgresql.silence import Limits

# The same as in pyproject.toml; exports name it.
VERSION = "0.1.0"

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir("S3LABEL_DATA_DIR", BASE_DIR / "var")

DEBUG = environment.flag("S3LABEL_DEBUG", False)
SECRET_KEY = environment.secret_key("S3LABEL_SECRET_KEY", DATA_DIR / "secret_key")
ALLOWED_HOSTS = environment.hosts("S3LABEL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.origins("S3LABEL_TRUSTED_ORIGINS", "")
HTTPS = environment.flag("S3LABEL_HTTPS", False)

CACHE_DIR = DATA_DIR / "cache"
# Make thumbnails after an import, and find images that cannot be decoded.
DECODE_AHEAD = environment.flag("S3LABEL_DECODE_AHEAD", True)
# After so many days the list of files of an import is forgotten, not what came of it.
KEEP_FOUND_DAYS = environment.number("S3LABEL_KEEP_FOUND_DAYS", 30, least=1)
CACHE_BYTES = environment.number("S3LABEL_CACHE_MB", 10_000, least=1) * 1_000_000
EXPORT_DIR = DATA_DIR / "exports"
# Files with labels that staff uploaded.
UPLOAD_DIR = DATA_DIR / "uploads"
# Imports and exports leave so much of the disk to what labelers save.
KEEP_FREE_BYTES = environment.number("S3LABEL_KEEP_FREE_MB", 1000, least=1) * 1_000_000
# The demo is drawn here. S3Label only reads below other roots.
OWN_ROOT = DATA_DIR / "images"
IMAGE_ROOTS = environment.image_roots(
    "S3LABEL_IMAGE_ROOTS",
    OWN_ROOT,
    storage_environment.bucket_root,
    own=(BASE_DIR, DATA_DIR, CACHE_DIR, EXPORT_DIR, UPLOAD_DIR),
)
BUCKET_ACCESS = storage_environment.bucket_access(IMAGE_ROOTS)
# How many objects of a bucket an import reads at a time.
BUCKET_CONNECTIONS = environment.number("S3LABEL_BUCKET_CONNECTIONS", 16, least=1)
# Send browsers to the bucket for the originals, instead of handing them through.
SIGNED_URLS = environment.flag("S3LABEL_SIGNED_URLS", False)
# An image with more pixels is refused from its header, before anything is decoded. Without
# pyvips a picture is decoded as a whole, and more would not go into a decoder's memory.
MAX_PIXELS = environment.number(
    "S3LABEL_MAX_PIXELS", 2_000_000_000 if find_spec("pyvips") else 400_000_000, least=1
)
# A larger image is shown in tiles, which are made once.
TILES_ABOVE_PIXELS = environment.number("S3LABEL_TILES_ABOVE_MEGAPIXELS", 50, least=1) * 1_000_000
MAX_FILE_BYTES = environment.number("S3LABEL_MAX_FILE_MB", 2000, least=1) * 1_000_000

DATABASES = {"default": environment.database("DATABASE_URL", DATA_DIR / "s3label.sqlite3")}
# How long a web request waits for PostgreSQL: that it says anything, for one answer, for a lock.
DATABASE_LIMITS = Limits(
    silence=environment.number("S3LABEL_SILENCE_SECONDS", 2, least=1),
    statement=environment.number("S3LABEL_STATEMENT_SECONDS", 60, least=1),
    lock=environment.number("S3LABEL_LOCK_SECONDS", 15, least=1),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "s3label_site.apps.S3LabelAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django_vite",
    "ninja",
    "accounts",
    "datasets",
    "labeling",
    "s3label_site.apps.S3LabelSiteConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "s3label_site.middleware.refuse_nul",
    "s3label_site.middleware.refuse_huge",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "s3label_site.urls"
WSGI_APPLICATION = "s3label_site.wsgi.application"
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
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "labeling:task_list"
LOGOUT_REDIRECT_URL = "accounts:login"
# By user and address together: one careless person does not lock out an office behind NAT.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# All forms call the field so; axes would take "email" from the user model and lock nobody out.
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.attempts.counted_as"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_VERBOSE = False

# Web

SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

if SIGNED_URLS:
    for directive in ("img-src", "connect-src"):
        CONTENT_SECURITY_POLICY["DIRECTIVES"][directive] += storage_environment.signed_origins(
            IMAGE_ROOTS, BUCKET_ACCESS
        )

# Where webhooks may send to; below, hosts whose addresses may be those of our own network.
WEBHOOK_HOSTS = environment.hosts_and_ports("S3LABEL_WEBHOOK_HOSTS", "")
WEBHOOK_PRIVATE_HOSTS = environment.hosts_and_ports("S3LABEL_WEBHOOK_PRIVATE_HOSTS", "")

# The largest save that the editor sends is far below this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# Files with labels, which are written to the disk as they come.
LARGEST_UPLOAD = 200 * 1024 * 1024
# Select-all on an admin list page sends one field per row.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
# Vite puts a hash of the content into these names, so a browser may keep them for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/labeling/editor/assets/.+-[\w-]{8}\.\w+$"
EDITOR_BUILD = BASE_DIR / "labeling" / "static" / "labeling" / "editor"
DJANGO_VITE = {
    "default": {
        "manifest_path": EDITOR_BUILD / "manifest.json",
        "static_url_prefix": "labeling/editor",
    }
}

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "s3label_site.formats"
TIME_ZONE = environment.time_zone("S3LABEL_TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = False

# Background work: rows in our own database, so that nobody has to run a broker.

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        # They would tell of every request to a bucket.
        "azure": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        # Jobs are rows that say how they ended; the terminal shows faults only.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
        # What it cannot decode is told of the image.
        "pyvips": {"level": "CRITICAL"},
    },
}
