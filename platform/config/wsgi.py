"""WSGI entry: gunicorn --pythonpath platform,. config.wsgi"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from tenants.tasks.lanes import lanes  # noqa: E402 - once the applications are loaded

lanes.serve()
