from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config import scripts_catalogue
from legacy.api.door import api as legacy_api
from provisioning.api import api

urlpatterns = [
    path("admin/jsi18n/", scripts_catalogue.localized, name="scripts_catalogue"),
    path("admin/", include("sites.doors.urls")),  # before Wagtail's, whose addresses some of these take over
    path("admin/", include("tenants.accounts.entrance_urls")),  # before Wagtail's own login and account pages
    path("admin/", include("sites.members.entrance_urls")),  # one-time links ask for no sign-in
    path("admin/", include("sites.desk.home_urls")),  # before Wagtail's own front page
    path("admin/", include(wagtailadmin_urls)),
    path("captcha/", include("tenants.accounts.captcha_urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", api.urls),
    path("api/legacy/v1/", legacy_api.urls),
]
if settings.SERVE_MEDIA:
    # nginx does this in production.
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}))
urlpatterns.append(path("", include(wagtail_urls)))

handler404 = "sites.public.states.not_found"
handler500 = "sites.public.states.server_error"
