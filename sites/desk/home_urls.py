"""The admin's own front page, before Wagtail's at the same address: config/urls.py puts it there."""

from django.urls import path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from sites.desk.views import admin_home

urlpatterns = [path("", never_cache(require_admin_access(admin_home)), name="wagtailadmin_home")]
