"""Existing handovers get the account of the one person with their name, and a digest of their message."""

import secrets
from collections import defaultdict

from django.db import migrations

from pages.text.source import digest

_TRIGGER = "pages_handover_no_update"


def drop_trigger(apps, schema_editor):
    """Allow changes, also of the columns that the trigger names. `migrate` creates it again at its end."""
    table = " ON pages_handover" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {_TRIGGER}{table}")


def fill_handovers(apps, schema_editor):
    drop_trigger(apps, schema_editor)
    alias = schema_editor.connection.alias
    handovers = apps.get_model("pages", "Handover").objects.using(alias)
    accounts = defaultdict(list)
    for user in apps.get_model("auth", "User").objects.using(alias).all():
        accounts[f"{user.first_name} {user.last_name}".strip() or user.username].append(user.pk)
    for handover in handovers.all():
        people = accounts[handover.by]
        handover.person_id = people[0] if len(people) == 1 else None
        if handover.message:
            handover.salt = secrets.token_bytes(16)
            handover.message_digest = digest(handover.salt + handover.message.encode())
        handover.save(update_fields=["person", "salt", "message_digest"])


class Migration(migrations.Migration):
    dependencies = [("pages", "0012_handover_accounts")]

    operations = [migrations.RunPython(fill_handovers, drop_trigger, elidable=True)]
