"""Django's settings. Nothing is configured in files: the environment says what differs.

ARREARS_HOME            the data folder (default: arrears in the user's data folder)
ARREARS_DATABASE_URL    a PostgreSQL server of your own, instead of the embedded one
ARREARS_SMTP_URL        the mail server that e-mail is handed to: smtp://host:port
ARREARS_EMAIL_URL       a provider of e-mail instead: anymail+mailgun://KEY@host/path
ARREARS_SMS_URL         the gateway that text messages are handed to: kannel://user:password@host:port/path
ARREARS_PRINT_URL       the folder that letters are handed to a print house in: folder:///path
ARREARS_PUSH_URL        the keys that notifications to browsers are signed with: webpush:///path?contact=mailto:..
ARREARS_LETTER_SIGNING_P12         the PKCS#12 file with the P-256 key that signs lawyer's letters
ARREARS_LETTER_SIGNING_PASSPHRASE  what opens it
ARREARS_DIALER_URL      the telephone program that dials for an agent: baresip://host:port?to=sip:{number}@gateway
ARREARS_PG_BIN          the folder with PostgreSQL's programs for the embedded server
ARREARS_HOSTS           names that the HTTP server answers to, with commas between (default: this machine)
ARREARS_METRICS_FROM    networks that may read /metrics, with commas between (default: this machine)
ARREARS_DEBUG           1 shows tracebacks
"""

from __future__ import annotations

import os

from arrears.conf.database import connect_settings
from arrears.conf.paths import data_folder

ARREARS_HOME = data_folder()
ARREARS_SMTP_URL = os.environ.get("ARREARS_SMTP_URL", "").strip()
ARREARS_EMAIL_URL = os.environ.get("ARREARS_EMAIL_URL", "").strip()
ARREARS_SMS_URL = os.environ.get("ARREARS_SMS_URL", "").strip()
ARREARS_PRINT_URL = os.environ.get("ARREARS_PRINT_URL", "").strip()
ARREARS_PUSH_URL = os.environ.get("ARREARS_PUSH_URL", "").strip()
ARREARS_LETTER_SIGNING_P12 = os.environ.get("ARREARS_LETTER_SIGNING_P12", "").strip()
ARREARS_LETTER_SIGNING_PASSPHRASE = os.environ.get("ARREARS_LETTER_SIGNING_PASSPHRASE", "")
ARREARS_DIALER_URL = os.environ.get("ARREARS_DIALER_URL", "").strip()

ARREARS_METRICS_FROM = os.environ.get("ARREARS_METRICS_FROM", "127.0.0.0/8,::1/128").split(",")

ALLOWED_HOSTS = os.environ.get("ARREARS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
ROOT_URLCONF = "arrears.conf.urls"
MIDDLEWARE = ["arrears.api.edges.Edge"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024  # 10,000 contacts with twenty earlier ones each are 30 MB

INSTALLED_APPS = ["arrears.store"]
# A server's threads keep their connections, and with them the plan of the statement that reads facts.
DATABASES = {"default": connect_settings() | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
