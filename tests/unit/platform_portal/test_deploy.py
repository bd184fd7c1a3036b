"""What the container files promise: one way in, no secrets in the open, logs that tell nothing."""

import logging
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_portal.logging import PrivacyFilter
from tests.addresses import PAGES, Page

ROOT = Path(__file__).resolve().parents[3]
TELLING = (
    "$remote_addr",
    "$request ",
    "$request_uri",
    "$args",
    "$query_string",
    "$http_",
    "$cookie",
    "$is_args",
)
APPLICATION = ("web", "worker", "sender", "beat", "mails", "newsletters", "migrate")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def nginx() -> str:
    text = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text(encoding="utf-8")
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


def test_proxy_log_tells_nothing_about_people(nginx: str) -> None:
    formats = re.findall(r"log_format (\w+) ([^;]+);", nginx)
    assert [name for name, _text in formats] == ["private"]
    assert not [word for word in TELLING if word in formats[0][1] + " "]
    logs = re.findall(r"access_log ([^;]+);", nginx)
    assert logs
    assert all(log == "off" or log.endswith(" private") for log in logs)
    assert re.findall(r"error_log \S+ (\w+);", nginx) == ["crit"], "lower levels print whole request lines"


def test_proxy_replaces_what_clients_say_about_themselves(nginx: str) -> None:
    headers = dict(re.findall(r"proxy_set_header (\S+) ([^;]+);", nginx))
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["X-Forwarded-Proto"] == "$scheme"


def test_web_server_log_tells_nothing_about_people() -> None:
    settings = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))
    words = re.findall(r"%\((.+?)\)s", settings["access_log_format"])
    assert words
    assert not {"h", "r", "q", "f", "a", "u", "l"} & set(words)
    assert settings["accesslog"] is None
    assert settings["bind"].startswith("127.0.0.1:")


def test_only_the_proxy_is_reachable(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if service.get("ports")] == ["proxy"]
    assert compose["networks"]["back"]["internal"] is True
    for name in ("database", "redis"):
        assert compose["services"][name]["networks"] == ["back"]
    assert compose["services"]["proxy"]["networks"] == ["front"]


@pytest.mark.parametrize("name", [*APPLICATION, "proxy"])
def test_application_containers_are_confined(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_every_lasting_container_has_a_health_check(compose: dict[str, Any]) -> None:
    without = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert without == {"migrate"}


def test_secrets_are_files_outside_the_repository(compose: dict[str, Any]) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/deploy/secrets/", "/deploy/portal.env", "/.env"} <= set(ignored)
    assert all(secret["file"].startswith("deploy/secrets/") for secret in compose["secrets"].values())
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        for key, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD$|SECRET_KEY$", key), key
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), value


@pytest.mark.parametrize("name", APPLICATION)
def test_production_is_strict(compose: dict[str, Any], name: str) -> None:
    environment = compose["services"][name]["environment"]
    for switch in ("PORTAL_EMBEDDED", "PORTAL_DEBUG", "PORTAL_DEMO"):
        assert environment[switch] == "false"
    assert environment["PORTAL_REQUIRE_MFA"] == "true"
    assert environment["PORTAL_TRUSTED_PROXIES"] == "1"


def test_image_holds_only_what_serves() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"requirements[\w-]*\.lock", text)) == {"requirements.lock"}
    assert "--require-hashes" in text
    last_stage = text.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER portal$", last_stage, re.MULTILINE)
    assert "PORTAL_SECRET_KEY" not in last_stage
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert "*" in ignored
    for wanted in ("consultations", "members", "platform_portal", "templates", "static", "deploy"):
        assert f"!{wanted}" in ignored
    for secret in ("deploy/secrets", "deploy/portal.env"):
        assert ignored.index(secret) > ignored.index("!deploy"), "later lines win"


def test_folders_of_the_project_reach_the_image() -> None:
    """A new app that is forgotten in `.dockerignore` would be missing in production only."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"platform_portal"}
    assert len(apps) > 1
    assert not [app for app in apps if f"\n!{app}\n" not in ignored]


def test_page_of_the_proxy_needs_nothing_and_shows_the_numbers() -> None:
    text = (ROOT / "deploy" / "nginx" / "unavailable.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"(?!tel:)", text)
    for number in ("110", "119", "189", "%238008"):
        assert f'href="tel:{number}"' in text


PROXY_PAGES = {"unavailable.html": {"502", "503", "504"}, "too-large.html": {"413", "414", "494"}}


@pytest.mark.parametrize("name", PROXY_PAGES)
def test_every_page_of_the_proxy_stands_alone_with_the_numbers_of_the_portal(name: str) -> None:
    text = (ROOT / "deploy" / "nginx" / name).read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"(?!tel:|/\")", text)
    assert not re.search(r"<script|<link|<img|@import|url\(", text)
    assert '<html lang="ja">' in text
    assert 'name="viewport"' in text
    component = (ROOT / "templates" / "components" / "emergency.html").read_text(encoding="utf-8")
    numbers = re.findall(r'href="(tel:[^"]+)"', component)
    assert len(numbers) >= 5
    assert re.findall(r'href="(tel:[^"]+)"', text) == numbers


@pytest.mark.parametrize("name", PROXY_PAGES)
def test_the_proxy_answers_with_its_pages(compose: dict[str, Any], nginx: str, name: str) -> None:
    pages = {page: set(codes.split()) for codes, page in re.findall(r"error_page ([\d ]+) /(\S+);", nginx)}
    assert pages[name] == PROXY_PAGES[name]
    location = re.findall(rf"location = /{re.escape(name)} \{{(.*?)\}}", nginx, re.DOTALL)[0]
    root = re.findall(r"root (\S+);", location)[0]
    assert "internal;" in location
    assert 'Cache-Control "no-store" always' in location
    mounted = [volume.split(":") for volume in compose["services"]["proxy"]["volumes"]]
    assert [f"./deploy/nginx/{name}", f"{root}/{name}", "ro"] in mounted


def test_too_long_an_address_is_turned_away_by_the_proxy_and_not_behind_it(nginx: str) -> None:
    (size,) = re.findall(r"large_client_header_buffers \d+ (\d+)k;", nginx)
    settings = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))
    assert settings["limit_request_line"] >= int(size) * 1024 - len("\r\n")


def test_the_limit_that_the_page_names_is_that_of_the_proxy(nginx: str) -> None:
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    assert f"{limit}MBまで" in (ROOT / "deploy" / "nginx" / "too-large.html").read_text(encoding="utf-8")


# Whoever holds the address may act: it stands in a mail and nowhere else.
MAILED = [page for page in PAGES if re.search("<(str:)?(token|secret|key)>", page.pattern)]


def test_secrets_in_addresses_are_known() -> None:
    assert {page.name for page in MAILED} >= {
        "account_reset_password_from_key",
        "consultations:confirm",
        "members:application-open",
        "members:invitation-open",
    }


@pytest.mark.parametrize("page", MAILED, ids=lambda page: page.name)
def test_no_log_keeps_the_secret_of_a_mailed_link(page: Page, nginx: str) -> None:
    assert "$logged_uri" in re.findall(r"log_format private ([^;]+);", nginx)[0]
    hidden = re.findall(
        r"~(\S+)\s+\S+\*\*\*;", re.findall(r"map \$uri \$logged_uri \{(.*?)\}", nginx, re.DOTALL)[0]
    )
    before = re.split(r"<str:|\(\?P<uidb36>", page.pattern)[0]
    path = f"/{before.replace('^', '')}s3cret-abc/"
    assert any(re.match(pattern, path) for pattern in hidden), path
    assert not any(re.match(pattern, "/w/abc234/") for pattern in hidden)
    record = logging.makeLogRecord({"msg": f"GET {path}"})
    assert PrivacyFilter().filter(record)
    assert "s3cret" not in record.getMessage()
