from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvisioningConfig(AppConfig):
    name = "provisioning"
    label = "provisioning"
    verbose_name = _("Opening sub-sites")

    def ready(self) -> None:
        # Wagtail's history raises on a log action that nobody has registered.
        from provisioning.lifecycle import step  # noqa: F401
