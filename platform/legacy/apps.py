from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegacyConfig(AppConfig):
    name = "legacy"
    label = "legacy"
    verbose_name = _("Bringing old sites over")

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from legacy.ledger import answering, hosts
        from legacy.models import Transition
        from sites import old_hosts

        old_hosts.register(answering.respond)
        post_save.connect(hosts.touch, sender=Transition, dispatch_uid="legacy_hosts")
        post_delete.connect(hosts.touch, sender=Transition, dispatch_uid="legacy_hosts")
