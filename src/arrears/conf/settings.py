"""Django's settings. Nothing is configured in files: the environment says what differs.

ARREARS_HOME            the data folder (default: arrears in the user's data folder)
ARREARS_DATABASE_URL    a PostgreSQL server of your own, instead of the embedded one
ARREARS_SMTP_URL        the mail server that e-mail is handed to: smtp://host:port
ARREARS_PG_BIN          the folder with PostgreSQL's programs for the embedded server
ARREARS_DEBUG           1 shows tracebacks
"""

from __future__ import annotations

import os

from arrears.conf.database import connect_settings
from arrears.conf.paths import data_folder

ARREARS_HOME = data_folder()
ARREARS_SMTP_URL = os.environ.get("ARREARS_SMTP_URL", "").strip()

INSTALLED_APPS = ["arrears.store"]
DATABASES = {"default": connect_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
