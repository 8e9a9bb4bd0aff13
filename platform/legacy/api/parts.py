"""What the endpoints share: the transition in its scope, and the same answer to the same request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Status
from ninja.errors import HttpError

from legacy.models import ApiAnswer, Transition
from sites.reach import reach_of
from tenants.scope import every_tenant, tenant_scope

MAX_PAGE = 500
MAX_KEY = 200


@contextmanager
def in_scope(request: HttpRequest, code: str) -> Iterator[Transition]:
    """Give the transition of the code and enter its tenant's scope; 404 where the token's owner may not manage it."""
    with every_tenant("a script names a transition by its code"):
        found = Transition.objects.select_related("tenant").filter(code=code).first()
    if found is None or not reach_of(request.user).may_in("manage", found.tenant_id):
        raise Http404(_("There is no transition with the code “%(code)s”.") % {"code": code[:50]})
    with tenant_scope(found.tenant_id):
        yield found


def hash_of(request: HttpRequest, body: bytes | None = None) -> str:
    """Return the hash of a request: method, address, body (its own unless given: that of a stream is made on the way)."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    found.update(request.body if body is None else body)
    return found.hexdigest()


def idempotency_key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MAX_KEY:
        raise HttpError(422, _("The Idempotency-Key is longer than %(most)d characters.") % {"most": MAX_KEY})
    return key


def earlier(tenant_id: int, key: str, request_hash: str) -> Status | None:
    """Return the answer already given under the key, None where none was. 422 where that was another request."""
    held = ApiAnswer.objects.filter(tenant_id=tenant_id, key=key).first() if key else None
    if held is None:
        return None
    if held.request_hash != request_hash:
        raise HttpError(422, _("This Idempotency-Key was used for another request. Choose a new one."))
    return Status(held.status, held.answer)


def keep(tenant_id: int, transition: Transition | None, key: str, request_hash: str, answer: Status) -> Status:
    """Remember an answer under its key, and return it; one that came first meanwhile is returned instead."""
    if not key:
        return answer
    plain = json.loads(json.dumps(answer.value, cls=DjangoJSONEncoder))
    try:
        with transaction.atomic():
            ApiAnswer.objects.create(
                tenant_id=tenant_id,
                transition=transition,
                key=key,
                request_hash=request_hash,
                status=answer.status_code,
                answer=plain,
            )
    except IntegrityError:
        return earlier(tenant_id, key, request_hash) or answer
    return answer


def once(request: HttpRequest, transition: Transition, work: Callable[[], Status]) -> Status:
    """Do the work and return its answer; under an Idempotency-Key that was used, return the earlier answer instead."""
    key = idempotency_key(request)
    if not key:
        return work()
    request_hash = hash_of(request)
    return earlier(transition.tenant_id, key, request_hash) or keep(
        transition.tenant_id, transition, key, request_hash, work()
    )
