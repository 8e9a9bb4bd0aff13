from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    name = "sites"
    label = "govsites"
    verbose_name = _("Sites")

    def ready(self) -> None:
        from sites import policies, signals  # noqa: F401 - registers the page policy, connects the receivers
