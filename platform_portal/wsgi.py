"""Entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from platform_portal.japanese.tokens import morphemes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_portal.settings")

application = get_wsgi_application()
morphemes("相談")  # gunicorn reads the dictionary once, before it makes its workers
