"""The entry for servers: `arrears.conf.wsgi:application`."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "arrears.conf.settings"
application = get_wsgi_application()

# A request about ten thousand contacts makes half a million objects at once. Going through them for
# cycles every few hundred, and through all that was imported, takes as long as reading them.
gc.freeze()
gc.set_threshold(50_000, 20, 100)
