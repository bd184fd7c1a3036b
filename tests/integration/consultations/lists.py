"""What tests of the residents' lists share."""

import re
from typing import Any

from django.test import Client

from consultations.indexing import refresh_derived
from tests.factories.consultations import ChannelFactory, WindowFactory

LIST = "/windows/"
NEVER = "2020 Jan 01 10:00-11:00"
SHUT = {"opening_hours": NEVER}


def get(client: Client, path: str = LIST, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def names(page: str) -> list[str]:
    """Names of the windows in the list itself, in order; the 24-hour line at the end apart."""
    main = page.split('id="last-resort"')[0]
    return re.findall(r'<h3><a href="/w/[a-z0-9]{6}/">([^<]+)</a></h3>', main)


def with_channel(name: str, kind: str, rule: str = "24/7", **values: Any) -> Any:
    window = WindowFactory(name=name, opening_hours=rule, phone=False, **values)
    ChannelFactory(
        window=window, kind=kind, value="https://a.example/", digits="0120000000" if kind == "phone" else ""
    )
    refresh_derived(window)
    return window
