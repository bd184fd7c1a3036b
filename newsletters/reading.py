"""How often an issue's page was looked at, without knowing by whom."""

import time

from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest

from newsletters.models import Issue

_MINUTE = 60  # seconds


def count_view(request: HttpRequest, issue: Issue) -> None:
    """Counts the minutes in which somebody looked at the page, however many they were: the page cache answers the
    others. No cookie, no address; a search engine counts like a person. Nothing is counted while Redis is away: then
    every request comes here, and each would be a write.
    """
    if request.method != "GET" or not getattr(request, "public_version", ""):
        return
    if cache.add(f"newsletter-view:{issue.pk}:{int(time.time()) // _MINUTE}", 1, timeout=2 * _MINUTE):
        Issue.objects.filter(pk=issue.pk).update(page_views=F("page_views") + 1)
