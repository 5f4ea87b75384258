"""All settings, from the environment. ``docs/settings.md`` lists the variables for those who run a city."""

import warnings
from datetime import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from motcua.lib.errors import Refused
from motcua.project import keys
from motcua.project.database import socket_url
from motcua.project.env import env_bool, env_int, env_list, env_path, env_secret, env_str

CODE_DIR = Path(__file__).resolve().parents[1]
BASE_DIR = CODE_DIR.parent
DATA_DIR = env_path("DATA_DIR", BASE_DIR / ".data")
BUILD_DIR = env_path("BUILD_DIR", BASE_DIR / ".build")
NODE_MODULES = BASE_DIR / "node_modules"  # read at set-up only, by `motcua assets`, but for the font of printed forms
PRINT_FONTS = (NODE_MODULES / "@expo-google-fonts" / "tinos",)  # metrics of Times, as NĐ 30/2020 asks

# The library of certificates counts the bytes of a name; X.520 counts its characters, and Vietnamese ones have several.
warnings.filterwarnings("ignore", "Attribute's length must be")
TESTING = env_bool("MOTCUA_TESTING", False)
DEBUG = env_bool("DEBUG", False)

SECRET_KEY = env_secret("SECRET_KEY", "") or keys.kept_secret(DATA_DIR / "secret.key", keys.new_secret_key)
SECRET_KEY_FALLBACKS = [key for key in env_secret("SECRET_KEY_FALLBACKS", "").split() if key]
# Personal data is encrypted with the first key; the others still decrypt what they encrypted.
FIELD_KEYS = keys.field_keys(
    env_secret("FIELD_KEY", "") or keys.kept_secret(DATA_DIR / "field.key", keys.new_field_key)
)

# ── Where we are reached ────────────────────────────────────────────────────────────────────────────────────────────

HOST = env_str("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, least=1, most=65535)
# The event streams are another process on another port. Browsers send it the same cookies: a cookie knows no port.
LIVE_PORT = env_int("LIVE_PORT", PORT + 10_000 if PORT <= 55_535 else PORT - 10_000, least=1, most=65535)
# Behind a proxy that passes /live/ on to the streams: that origin. Empty: the host of the page, with LIVE_PORT.
LIVE_URL = env_str("LIVE_URL", "").rstrip("/")

_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to
PUBLIC_URL = env_str("PUBLIC_URL", "").rstrip("/")
_public = urlsplit(PUBLIC_URL)
if PUBLIC_URL and (_public.scheme not in {"http", "https"} or not _public.hostname or _public.path):
    raise Refused("invalid_setting", f"PUBLIC_URL={PUBLIC_URL!r}: expected e.g. https://motcua.example.vn")
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or [
    *([_public.hostname] if _public.hostname else []),
    "localhost",
    "127.0.0.1",
    "[::1]",
    # Tried out on a local network without a name: any. Links that we send are built from PUBLIC_URL, not the request.
    *(["*"] if HOST in _EVERYWHERE and not PUBLIC_URL else [HOST]),
]
PUBLIC_URL = PUBLIC_URL or f"http://{'localhost' if HOST in _EVERYWHERE else HOST}:{PORT}"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if IS_HTTPS else []
# Invented reports, and logins that everybody knows. Never by itself where people come to: there it must be asked for.
DEMO = env_bool("MOTCUA_DEMO", not env_str("PUBLIC_URL", ""))
# How many proxies of ours stand before us; their X-Forwarded-For and X-Forwarded-Proto are believed, no one else's.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# Two instances on one host: cookies know no port, so each must have its own names.
_cookie_mark = "" if IS_HTTPS else f"_{PORT}"
SESSION_COOKIE_NAME = f"motcua_session{_cookie_mark}"
CSRF_COOKIE_NAME = f"motcua_csrf{_cookie_mark}"
LANGUAGE_COOKIE_NAME = "motcua_language"
SESSION_COOKIE_AGE = 60 * 60 * 12  # a working day
# In the database, not in a signed cookie: an official who leaves or loses a phone is logged out at once, everywhere.
# Only people who log in have one; a page for everybody asks for none.
SESSION_ENGINE = "motcua.kernel.identity.models"  # its SessionStore: Django's, with whose session it is

# ── What runs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def quiet_hours(text: str) -> tuple[time, time] | None:
    """``21:00-07:00`` in local time; ``none``: at any hour."""
    if text == "none":
        return None
    begin, _dash, end = text.partition("-")
    try:
        return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
    except ValueError:
        raise Refused("invalid_setting", f"SMS_QUIET={text!r}: expected 21:00-07:00, or none") from None


INSTALLED_APPS = [
    "motcua.project",
    "motcua.kernel.web",
    "motcua.kernel.costs",
    "motcua.kernel.figures",
    "motcua.kernel.payments",
    "motcua.kernel.ratings",
    "motcua.kernel.store",
    "motcua.kernel.exchange",
    "motcua.kernel.cases",
    "motcua.kernel.procedures",
    "motcua.kernel.forms",
    "motcua.kernel.signing",
    "motcua.kernel.registries",
    "motcua.kernel.messages",
    "motcua.kernel.files",
    "motcua.kernel.events",
    "motcua.kernel.identity",
    "motcua.kernel.org",
    "motcua.kernel.places",
    "motcua.kernel.packs",
    "motcua.modules.dossiers",
    "motcua.modules.incidents",
    "motcua.modules.tickets",
    *(f"motcua.connectors.{name}" for name in ("bank", "console", "geocoder", "national_payment", "national_portal")),
    *(f"motcua.connectors.{name}" for name in ("registry_http", "signing_remote", "sms", "smtp", "time_stamp")),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "whitenoise",
    "motcua.kernel.web.apps.WidgetTemplates",  # of django.forms; ours of the same names stand before them
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "motcua.kernel.web.views.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "motcua.kernel.web.views.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "motcua.kernel.identity.views.ActorMiddleware",
    # Not an installed app: its label is the name of our kernel package, and it has neither tables nor templates.
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "motcua.kernel.web.views.middleware.Refusals",
]
CSRF_FAILURE_VIEW = "motcua.kernel.web.views.errors.csrf"
RATE_LIMITS = env_bool("RATE_LIMITS", not TESTING)  # of the public forms; the benchmark turns them off
ROOT_URLCONF = "motcua.project.urls"
WSGI_APPLICATION = "motcua.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "motcua.kernel.web.views.house.house",
            ],
        },
    }
]
FORM_RENDERER = "motcua.kernel.web.forms.Renderer"
REQUEST_MAX_BYTES = env_int("REQUEST_MAX_MB", 100, least=1) * 2**20  # a form with all its files
PHOTO_MAX_BYTES = env_int("PHOTO_MAX_MB", 15, least=1, most=100) * 2**20
DOCUMENT_MAX_BYTES = env_int("DOCUMENT_MAX_MB", 20, least=1, most=100) * 2**20
PHOTO_MAX_MEGAPIXELS = env_int("PHOTO_MAX_MEGAPIXELS", 50, least=1, most=50)  # 50 take up to 450 MB to decode
DRAFTS_KEPT_DAYS = env_int("DRAFTS_KEPT_DAYS", 30, least=1, most=365)  # after they were last saved, with their files
FILES_PER_HOUR = env_int("FILES_PER_HOUR", 120, least=1)  # from one sender, not yet part of any case
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # of a form without its files
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 * 2**20  # larger files go to disk while they arrive

# Codes of dossiers (facts: TT 01/2018 Điều 19, QĐ 20/2020): the agency's identifier, the day, the number of the case.
DOSSIER_CODE = env_str("MOTCUA_DOSSIER_CODE", "{agency}-{yymmdd}-{number:04d}")

# Maps draw our own areas; a city may lay tiles over them, e.g. https://tile.example.vn/{z}/{x}/{y}.png
MAP_TILES_URL = env_str("MAP_TILES_URL", "")
MAP_TILES_ATTRIBUTION = env_str("MAP_TILES_ATTRIBUTION", "")

# Open311: the one jurisdiction served (empty: the pack's name), and whether its reports are acted upon.
OPEN311_JURISDICTION = env_str("OPEN311_JURISDICTION", "")
OPEN311_TYPE = "test" if DEMO else "production"

# ── Data ────────────────────────────────────────────────────────────────────────────────────────────────────────────

DATABASE_URL = env_secret("DATABASE_URL", "")
IS_EMBEDDED = not DATABASE_URL
POSTGRES_DIR = DATA_DIR / "postgres"


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Refused("invalid_setting", "DATABASE_URL: expected postgresql://user:password@host:port/database")
    options: dict[str, object] = {"prepare_threshold": 0} | {  # of the few that ask for it: Django's own cursors do not
        name: unquote(value) for name, _, value in (pair.partition("=") for pair in parts.query.split("&") if pair)
    }
    host = options.pop("host", parts.hostname or "")
    statement_seconds = env_int("DATABASE_STATEMENT_SECONDS", 0)
    if statement_seconds:
        options["options"] = f"-c statement_timeout={statement_seconds}s"
    pool_size = 0 if TESTING else env_int("DATABASE_POOL", 0, most=1000)
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        # Asked when a connection is taken up again: a restart of PostgreSQL costs no request an error.
        "CONN_HEALTH_CHECKS": True,
        # A pool keeps them; without one the worker would connect anew at every turn.
        "CONN_MAX_AGE": 0 if pool_size or TESTING else None,
    }


DATABASES = {"default": _database(DATABASE_URL or socket_url(POSTGRES_DIR))}

# The library of the maker of the device that holds keys, e.g. /usr/lib/softhsm/libsofthsm2.so. Named here and nowhere
# else: whoever could name it on a page could run anything.
PKCS11_MODULE = env_str("PKCS11_MODULE", "")

# Uploads, by their content's hash.
_bucket = env_str("S3_BUCKET", "")
STORAGES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "motcua.connectors.bucket.actions.Bucket",
        "OPTIONS": {
            "bucket_name": _bucket,
            "endpoint_url": env_str("S3_ENDPOINT", "") or None,
            "region_name": env_str("S3_REGION", "") or None,
            "access_key": env_secret("S3_ACCESS_KEY", "") or None,
            "secret_key": env_secret("S3_SECRET_KEY", "") or None,
        },
    }
    if _bucket
    else {
        "BACKEND": "motcua.kernel.files.ports.LocalFolder",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "motcua.project.statics.NamedStaticFiles"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "collected"
STATICFILES_DIRS = [folder for folder in [BUILD_DIR / "static"] if folder.is_dir()]
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 60 * 60  # of the few files that are asked for by their plain names
# In each process: only limits against guessing passwords live there, and two processes only double them.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["motcua.kernel.identity.views.adapters.Backend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests hash hundreds, and none is secret
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.ScryptPasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "account"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_ADAPTER = "motcua.kernel.identity.views.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no letters
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}  # guesses at one name: identity locks it, in the database
ACCOUNT_FORMS = {
    "login": "motcua.kernel.identity.forms.LoginForm",
    "reauthenticate": "motcua.kernel.identity.forms.ReauthenticateForm",
    "change_password": "motcua.kernel.identity.forms.ChangePasswordForm",
    "set_password": "motcua.kernel.identity.forms.SetPasswordForm",
    "reset_password": "motcua.kernel.identity.forms.ResetPasswordForm",
    "reset_password_from_key": "motcua.kernel.identity.forms.ResetPasswordKeyForm",
}
# Officials with these roles work only after they set up a second factor. In a demonstration: nobody must.
REQUIRE_MFA_ROLES = frozenset(env_list("MOTCUA_REQUIRE_MFA", [] if DEMO else ["administrator", "leader"])) - {"none"}
MFA_ADAPTER = "motcua.kernel.identity.views.adapters.FactorAdapter"
MFA_TOTP_ISSUER = env_str("MFA_ISSUER", "Một Cửa")
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # http://localhost, to try it out
MFA_FORMS = {
    "authenticate": "motcua.kernel.identity.forms.AuthenticateForm",
    "reauthenticate": "motcua.kernel.identity.forms.ReauthenticateFactorForm",
    "activate_totp": "motcua.kernel.identity.forms.ActivateTOTPForm",
    "add_webauthn": "motcua.kernel.identity.forms.AddWebAuthnForm",
    "edit_webauthn": "motcua.kernel.identity.forms.EditWebAuthnForm",
}
SOCIALACCOUNT_ADAPTER = "motcua.kernel.identity.views.outside.OutsideAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that ends at the other side would need a hole in form-action of our CSP
SOCIALACCOUNT_STORE_TOKENS = False


def _oidc(prefix: str, provider_id: str, **own: object) -> list[dict[str, object]]:
    """One OpenID Connect provider, from PREFIX_ISSUER, _CLIENT_ID, _SECRET, _NAME; none when there is no issuer."""
    issuer = env_str(f"{prefix}_ISSUER", "")
    if not issuer:
        return []
    return [
        {
            "provider_id": provider_id,
            "name": env_str(f"{prefix}_NAME", "OpenID Connect"),
            "client_id": env_str(f"{prefix}_CLIENT_ID"),
            "secret": env_secret(f"{prefix}_SECRET"),
            "settings": {"server_url": issuer, "oauth_pkce_enabled": True, **own},
        }
    ]


# For people (such as VNeID), and for officials (the province's own); either, both or none.
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {
    "openid_connect": {
        "APPS": [
            *_oidc("OIDC", "cong-dan", audience="person"),
            *_oidc("OFFICER_OIDC", "can-bo", audience="officer", claim=env_str("OFFICER_OIDC_CLAIM", "email")),
        ]
    }
}
OIDC_NAME_CLAIM = env_str("OIDC_NAME_CLAIM", "name")
OIDC_NATIONAL_ID_CLAIM = env_str("OIDC_NATIONAL_ID_CLAIM", "")

# ── Words and time ──────────────────────────────────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [CODE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH: list[str] = []

# ── What is written down for those who run it: never what people wrote, nor who they are ────────────────────────────

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        "motcua": {"level": env_str("LOG_LEVEL", "INFO").upper()},
        # Its warnings name the path, and the path of a private link is a secret.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # They describe every certificate that they doubt, with the name in it.
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
    },
}
# ── Messages: what is sent, when, and by whom. The page /desk/quan-tri/duong-gui/ shows how the senders fare ──────────
# Django's own way of sending mail is used by nobody: every letter goes through the outbox.
EMAIL_BACKEND = f"django.core.mail.backends.{'locmem' if TESTING else 'dummy'}.EmailBackend"
SMS_TONELESS = env_bool("SMS_TONELESS", True)  # Vietnamese without tones: twice as much in one short message
SMS_QUIET = quiet_hours(env_str("SMS_QUIET", "21:00-07:00"))
EXCHANGE_INSECURE = env_bool("EXCHANGE_INSECURE", False)  # tell a partner without TLS: for trials on one machine
EXCHANGE_LINK_DAYS = env_int("EXCHANGE_LINK_DAYS", 30, least=1, most=365)  # that a partner may fetch a dossier's file
EXCHANGE_UNREAD_KEPT_DAYS = env_int("EXCHANGE_UNREAD_KEPT_DAYS", 90, least=1)
MESSAGES_KEPT_DAYS = env_int("MESSAGES_KEPT_DAYS", 90, least=1)
RATINGS_LEAST = env_int("RATINGS_LEAST", 5, least=3)  # what fewer people said of a unit is shown to nobody
OUTBOX_DIR = DATA_DIR / "outbox"  # of the console connector, where no other way of sending is set up
CONNECTORS: dict[str, dict[str, str]] = {
    "smtp": {
        "host": env_str("SMTP_HOST", ""),
        "port": env_str("SMTP_PORT", "587"),
        "security": env_str("SMTP_SECURITY", "starttls"),  # starttls | tls | none
        "user": env_str("SMTP_USER", ""),
        "password": env_secret("SMTP_PASSWORD", ""),
        "sender": env_str("MAIL_FROM", ""),  # else the pack's
        "reply_to": env_str("MAIL_REPLY_TO", ""),
        "timeout": env_str("SMTP_TIMEOUT", "10"),
    },
    "sms": {
        "url": env_str("SMS_URL", ""),
        "method": env_str("SMS_METHOD", "POST"),
        "headers": env_secret("SMS_HEADERS", ""),  # lines "Name: value"
        "body": env_secret("SMS_BODY", ""),  # with {to} {to84} {to0} {text} {id} {sender} {unicode}
        "body_type": env_str("SMS_BODY_TYPE", "json"),  # json | form
        "sender": env_str("SMS_SENDER", ""),  # else the pack's
        "success": env_str("SMS_SUCCESS", "status in 200,201,202"),
        "permanent": env_str("SMS_PERMANENT", ""),
        "reference": env_str("SMS_REFERENCE", ""),
        "timeout": env_str("SMS_TIMEOUT", "10"),
        "check_url": env_str("SMS_CHECK_URL", ""),
        "receipt_secret": env_secret("SMS_RECEIPT_SECRET", ""),
        "receipt_header": env_str("SMS_RECEIPT_HEADER", ""),  # HMAC-SHA256 of the body; empty: ?key= holds the secret
        "receipt_list": env_str("SMS_RECEIPT_LIST", ""),
        "receipt_reference": env_str("SMS_RECEIPT_REFERENCE", ""),
        "receipt_delivered": env_str("SMS_RECEIPT_DELIVERED", ""),
        "receipt_temporary": env_str("SMS_RECEIPT_TEMPORARY", ""),
        "receipt_permanent": env_str("SMS_RECEIPT_PERMANENT", ""),
        "receipt_error": env_str("SMS_RECEIPT_ERROR", ""),
    },
    # A province's data-sharing platform. What it is asked for and how its answers read stands in the file REGISTRY_MAP.
    "registry_http": {
        "url": env_str("REGISTRY_URL", ""),
        "map": env_str("REGISTRY_MAP", ""),
        "token_url": env_str("REGISTRY_TOKEN_URL", ""),
        "client_id": env_str("REGISTRY_CLIENT_ID", ""),
        "client_secret": env_secret("REGISTRY_CLIENT_SECRET", ""),
        "scope": env_str("REGISTRY_SCOPE", ""),
        "signing_key": env_secret("REGISTRY_SIGNING_KEY", ""),
        "timeout": env_str("REGISTRY_TIMEOUT", "4"),
    },
    # A bank tells of transfers at /hooks/payments/bank/. The names of its fields are paths into its JSON.
    "bank": {
        "secret": env_secret("BANK_SECRET", ""),
        "signature_header": env_str("BANK_SIGNATURE_HEADER", "X-Signature"),
        "timestamp_header": env_str("BANK_TIMESTAMP_HEADER", "X-Timestamp"),
        "window": str(env_int("BANK_WINDOW", 300, least=10, most=3600)),
        "list": env_str("BANK_LIST", ""),
        "credit": env_str("BANK_CREDIT", ""),  # "direction=in": other rows are money that went out
        "id": env_str("BANK_ID", "id"),
        "amount": env_str("BANK_AMOUNT", "amount"),
        "purpose": env_str("BANK_PURPOSE", "description"),
        "account": env_str("BANK_ACCOUNT", "account"),
        "at": env_str("BANK_AT", "at"),
        "payer": env_str("BANK_PAYER", "payer"),
        "payer_account": env_str("BANK_PAYER_ACCOUNT", "payer_account"),
    },
    "national_payment": {
        "url": env_str("NATIONAL_PAYMENT_URL", ""),
        "secret": env_secret("NATIONAL_PAYMENT_SECRET", ""),
        "partner": env_str("NATIONAL_PAYMENT_PARTNER", ""),
        "service": env_str("NATIONAL_PAYMENT_SERVICE", ""),
        "kind": env_str("NATIONAL_PAYMENT_KIND", ""),
        "window": str(env_int("NATIONAL_PAYMENT_WINDOW", 300, least=10, most=3600)),
        "timeout": env_str("NATIONAL_PAYMENT_TIMEOUT", "10"),
    },
    # The State's systems are kept in step with dossiers. Names of fields stand in the files that _MAP may name.
    "national_portal": {
        "url": env_str("NATIONAL_PORTAL_URL", ""),
        "user": env_str("NATIONAL_PORTAL_USER", ""),
        "secret": env_secret("NATIONAL_PORTAL_SECRET", ""),
        "unit": env_str("NATIONAL_PORTAL_UNIT", ""),
        "map": env_str("NATIONAL_PORTAL_MAP", ""),
        "batch": str(env_int("NATIONAL_PORTAL_BATCH", 20, least=1, most=500)),
        "timeout": env_str("NATIONAL_PORTAL_TIMEOUT", "20"),
    },
    "national_system": {
        "url": env_str("NATIONAL_SYSTEM_URL", ""),
        "client_id": env_str("NATIONAL_SYSTEM_CLIENT_ID", ""),
        "client_secret": env_secret("NATIONAL_SYSTEM_CLIENT_SECRET", ""),
        "map": env_str("NATIONAL_SYSTEM_MAP", ""),
        "timeout": env_str("NATIONAL_SYSTEM_TIMEOUT", "20"),
    },
    "signing_remote": {
        "url": env_str("SIGNING_URL", "").rstrip("/"),
        "client_id": env_str("SIGNING_CLIENT_ID", ""),
        "client_secret": env_secret("SIGNING_CLIENT_SECRET", ""),
        "name": env_str("SIGNING_NAME", ""),
        "batch": str(env_int("SIGNING_BATCH", 50, least=1, most=200)),
        "timeout": env_str("SIGNING_TIMEOUT", "10"),
    },
    "geocoder": {
        "url": env_str("GEOCODER_URL", "").rstrip("/"),
        "key": env_secret("GEOCODER_KEY", ""),
        "timeout": env_str("GEOCODER_TIMEOUT", "3"),
    },
    "console": {"use": env_str("MESSAGES_TO_FILES", "")},
    "time_stamp": {
        "url": env_str("TSA_URL", ""),
        "user": env_str("TSA_USER", ""),
        "password": env_secret("TSA_PASSWORD", ""),
        "timeout": env_str("TSA_TIMEOUT", "10"),
    },
}
