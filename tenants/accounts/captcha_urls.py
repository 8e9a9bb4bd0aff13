"""Where the captcha's picture, recording and renewal are fetched: on every host, for public forms as for the sign-in."""

from django.urls import path

from tenants.accounts import captcha_views

urlpatterns = [
    path("image/<slug:key>/", captcha_views.image, {"scale": 1}, name="captcha-image"),
    path("image/<slug:key>/large/", captcha_views.image, {"scale": 2}, name="captcha-image-2x"),
    path("audio/<slug:key>.wav", captcha_views.sound, name="captcha-audio"),
    path("refresh/", captcha_views.refresh, name="captcha-refresh"),
]
