"""The entrance's addresses below /admin/; they stand before Wagtail's own, which they replace."""

from django.urls import path
from wagtail.admin.auth import require_admin_access

from tenants.accounts.views import entrance, profile

urlpatterns = [
    path("login/", entrance.SignInView.as_view(), name="sign_in"),
    path("login/code/", entrance.code, name="sign_in_code"),
    path("login/pulse/", entrance.pulse, name="pulse"),
    path("account/", require_admin_access(profile.ProfileView.as_view()), name="profile"),
]
