from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"
    verbose_name = _("Regions and tenants")

    def ready(self) -> None:
        from tenants.accounts import signals  # noqa: F401 - connects the receivers
