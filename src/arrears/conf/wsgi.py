"""The entry for servers: `arrears.conf.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "arrears.conf.settings"
application = get_wsgi_application()
