"""The addresses of one-time links below /admin/; they stand before Wagtail's own, which all ask for a sign-in."""

from django.urls import path

from sites.members.entrance import NewPasswordView, accept_invitation

urlpatterns = [
    path("invitation/<str:secret>/", accept_invitation, name="accept_invitation"),
    path("new-password/<str:uidb64>/<str:token>/", NewPasswordView.as_view(), name="new_password"),
]
