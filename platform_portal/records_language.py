"""Words that the portal itself writes into a record stay in the language of its records, whoever's page they come from."""

from django.conf import settings
from django.utils import translation


def in_records_language() -> translation.override:
    return translation.override(settings.LANGUAGE_CODE)
