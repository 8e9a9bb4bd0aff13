"""The captcha's picture, recording and renewal."""

from __future__ import annotations

import io
import random
import time

from captcha.models import CaptchaStore
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from ranged_response import RangedFileResponse

from tenants.accounts.captcha_picture import drawn
from tenants.accounts.captcha_sound import spoken

# Pixels; shown half as high, so that it is sharp on fine screens.
_HEIGHT = 96
# Players fetch a recording in pieces, which must fit: within so many seconds it is the same one.
_SAME_SECONDS = 10


@never_cache
@require_GET
def image(request: HttpRequest, key: str, scale: int) -> HttpResponse:
    """Return the picture, in double size with `scale` 2; 410 once the captcha is used or too old."""
    challenge = _challenge(key)
    if not challenge:
        return HttpResponse(status=410)
    chance = random.Random(f"{settings.SECRET_KEY}{key}")
    return HttpResponse(drawn(challenge, chance, _HEIGHT * scale), content_type="image/png")


@never_cache
@require_GET
def sound(request: HttpRequest, key: str) -> HttpResponse:
    """Return the recording; each playing has its own noise and pauses. 410 once the captcha is used or too old."""
    challenge = _challenge(key)
    if not challenge:
        return HttpResponse(status=410)
    chance = random.Random(f"{settings.SECRET_KEY}{key}{int(time.time() / _SAME_SECONDS)}")
    return RangedFileResponse(request, io.BytesIO(spoken(challenge, chance)), content_type="audio/wav")


@never_cache
@require_GET
def refresh(request: HttpRequest) -> JsonResponse:
    """Return a new captcha for the page's script: `key`, `image`, `large_image`, `audio`."""
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        raise Http404
    CaptchaStore.remove_expired()
    key = CaptchaStore.generate_key()
    addresses = {
        "image": reverse("captcha-image", args=[key]),
        "large_image": reverse("captcha-image-2x", args=[key]),
        "audio": reverse("captcha-audio", args=[key]),
    }
    return JsonResponse({"key": key} | addresses)


def _challenge(key: str) -> str:
    found = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
    return found.challenge if found else ""
