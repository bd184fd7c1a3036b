"""The command that lets the first administrator in."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from members.models import User

pytestmark = pytest.mark.django_db

NEW = "みなとの灯りは三つ-2026"


def run(*args: str) -> str:
    out = StringIO()
    call_command("create_administrator", *args, stdout=out)
    return out.getvalue()


def test_the_link_leads_to_a_password_and_in(client):
    printed = run("hana@portal.example", "管理 花")
    link = re.search(r"^http://testserver(/accounts/password/reset/key/\S+/)$", printed, re.MULTILINE)[1]
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": NEW, "password2": NEW})
    response = client.post(reverse("account_login"), {"login": "hana@portal.example", "password": NEW})
    assert response.headers["Location"] == "/desk/"


def test_again_before_the_password_gives_another_link():
    assert run("hana@portal.example", "管理 花") != ""
    assert "/accounts/password/reset/key/" in run("hana@portal.example", "管理 花")
    assert User.objects.count() == 1


def test_an_account_in_use_is_left_alone(owner):
    with pytest.raises(CommandError, match="すでにいます"):
        run(owner.email, "だれか")


@pytest.mark.parametrize(
    "args", [("not an address", "花"), ("hana@portal.example", ""), ("a@b.example", "花\n")]
)
def test_bad_values_make_nobody(args):
    args = (args[0], args[1].replace("\n", "\u202e"))
    with pytest.raises(CommandError):
        run(*args)
    assert not User.objects.exists()
