"""Remove the welcome page and the default site: an unknown host must not be answered by anybody's portal."""

from django.db import migrations


def remove_welcome(apps, schema_editor):
    apps.get_model("wagtailcore", "Site").objects.filter(is_default_site=True).delete()
    SitePage = apps.get_model("govsites", "SitePage")
    SitePage.objects.filter(depth=2, slug="home", tenant=None).delete()
    root = SitePage.objects.filter(depth=1).first()
    if root is not None:
        root.numchild = SitePage.objects.filter(depth=2).count()
        root.save(update_fields=["numchild"])


class Migration(migrations.Migration):
    dependencies = [("govsites", "0004_page_types"), ("wagtailcore", "0098_apitoken")]
    operations = [migrations.RunPython(remove_welcome, migrations.RunPython.noop)]
