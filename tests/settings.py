"""The project's settings for the suite: a fixed environment, so that no machine's own variables change a result.

DATABASE_URL alone is taken from outside: it says which database the suite runs on.
"""

import atexit
import os
import shutil
import tempfile

_data_dir = tempfile.mkdtemp(prefix="tests-")
os.mkdir(os.path.join(_data_dir, "static"))
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)

for _name in ("ADMIN_HOSTS", "PUBLIC_PORT", "REDIS_URL", "MEDIA_ROOT", "STATIC_ROOT", "COLUMN_TEMPLATE_DIRS"):
    os.environ.pop(_name, None)
os.environ |= {
    "SECRET_KEY": "only-for-the-suite",
    "DEBUG": "0",
    "DEMO": "0",
    "PUBLIC_SCHEME": "http",
    "SECOND_FACTOR": "off",
    "DATA_DIR": _data_dir,
}

from config.settings import *  # noqa: E402, F403
from config.settings import STORAGES  # noqa: E402

# Nothing is collected before the suite runs, so files have no hashed names.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
# Slow on purpose in production, and here only slow.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
