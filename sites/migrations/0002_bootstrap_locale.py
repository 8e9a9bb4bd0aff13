"""Locale and translation key, once wagtailcore has its locales."""

from django.db import migrations
from wagtail.models import BootstrapLocaleField, BootstrapTranslatableModel, BootstrapTranslationKeyField


class Migration(migrations.Migration):
    dependencies = [
        ("govsites", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]
    operations = [
        BootstrapLocaleField("govsites.SitePage"),
        BootstrapTranslationKeyField("govsites.SitePage"),
        BootstrapTranslatableModel("govsites.SitePage"),
    ]
