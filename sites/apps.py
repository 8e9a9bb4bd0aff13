from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    name = "sites"
    label = "govsites"
    verbose_name = _("Sites")

    def ready(self) -> None:
        from sites import policies, signals  # noqa: F401 - registers the page policy, connects the receivers
        from sites.numbers import signals as number_signals  # noqa: F401
        from sites.review import signals as review_signals  # noqa: F401
