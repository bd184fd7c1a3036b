"""House rules, discovered from the code itself: a new model or page fails until it keeps them."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from platform_portal.privacy import (
    classification_of,
    is_free_of_people,
    names_in,
    paths_to_addresses,
    paths_to_users,
    privacy_of,
    stored_fields,
)

OUR_APPS = {"audit", "mail", "region", "members", "consultations", "meetings", "newsletters", "reports"}
BASE = Path(settings.BASE_DIR)


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]


def paired_fields() -> list[tuple[type[models.Model], str, str]]:
    """(model, time field, actor field) for every model that has `x_by` beside `x_at` or `x_on`.

    | x_at/x_on | x_by    | allowed |
    |-----------|---------|---------|
    | set       | set     | yes     |
    | empty     | empty   | yes     |
    | set       | empty   | no      |
    | empty     | set     | no      |
    """
    pairs = []
    for model in our_models():
        names = {field.name for field in model._meta.concrete_fields}
        for by in sorted(name for name in names if name.endswith("_by")):
            stem = by.removesuffix("_by")
            at = next((f"{stem}_{end}" for end in ("at", "on") if f"{stem}_{end}" in names), None)
            pairs.append((model, at or "", by))
    return pairs


@pytest.mark.parametrize(
    ("model", "at", "by"), paired_fields(), ids=lambda value: getattr(value, "__name__", value)
)
def test_actor_is_paired_with_a_time(model, at, by):
    assert at, f"{model.__name__}.{by} needs a {by.removesuffix('_by')}_at or _on beside it"
    if not model._meta.get_field(by).null and not model._meta.get_field(at).null:
        return  # both always set
    conditions = [str(c.condition) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    assert any(f"{at}__isnull" in text and f"{by}__isnull" in text for text in conditions), (
        f"{model.__name__} needs a constraint paired({at!r}, {by!r})"
    )


def test_there_are_paired_fields_to_look_at():
    assert len(paired_fields()) >= 6


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
class TestModels:
    def test_has_japanese_names(self, model):
        assert re.search(r"[぀-ヿ一-鿿]", str(model._meta.verbose_name)), model

    def test_says_what_it_is(self, model):
        assert model.__str__ is not models.Model.__str__, f"{model.__name__} needs __str__"

    def test_has_an_order(self, model):
        assert model._meta.ordering or model._meta.label == "region.PortalSettings"

    def test_constraints_are_named_after_the_app(self, model):
        for constraint in model._meta.constraints:
            assert constraint.name.startswith(model._meta.app_label + "_")

    def test_dates_times_and_actors_are_named_so(self, model):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField):
                assert field.name.endswith("_at") or field.name in {"at", "last_login"}, field
            elif isinstance(field, models.DateField):
                named = field.name.endswith("_on") or field.name in {"on", "valid_from", "valid_to"}
                # A month is no day, and not named like one. It is kept as its first, and the database sees to that.
                is_month = field.name.startswith("month_") and any(
                    f"('{field.name}__day', 1)" in str(constraint.condition)
                    for constraint in model._meta.constraints
                    if isinstance(constraint, models.CheckConstraint)
                )
                assert named or is_month, field


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
class TestPrivacy:
    def test_every_field_says_how_far_it_may_go(self, model):
        if is_free_of_people(model):
            assert privacy_of(model) is None
            assert model._meta.app_label not in OUR_APPS, "our own models say it field by field"
            return
        assert privacy_of(model) is not None, (
            "see platform_portal.privacy; for libraries members.third_parties"
        )
        assert set(classification_of(model)) == stored_fields(model)

    def test_what_is_personal_leads_to_its_person(self, model):
        """Or an export would miss it, and an erasure leave it."""
        if not names_in(model, "personal", "free_text"):
            return
        leads = paths_to_users(model) or paths_to_addresses(model)
        why_not = getattr(privacy_of(model), "leads_to_nobody", "")
        assert bool(leads) != bool(why_not), (
            "`about`, `known_by` or `leads_to_nobody`; see platform_portal.privacy"
        )

    def test_a_declaration_names_only_fields(self, model):
        assert names_in(model, "free_text", "withheld") <= stored_fields(model)

    def test_text_of_people_is_personal(self, model):
        """A mail address is one's own unless it is shown to everybody."""
        if model._meta.app_label in OUR_APPS:
            addresses = {f.name for f in model._meta.concrete_fields if isinstance(f, models.EmailField)}
            assert addresses <= names_in(model, "public", "personal")


def test_migrations_are_named_by_hand():
    automatic = [
        path.name
        for path in BASE.glob("*/migrations/0*.py")
        if re.search(r"_auto_|_alter_.*_and_more", path.name)
    ]
    assert automatic == []


SOURCE = [
    path
    for folder in ("platform_portal", "members", "consultations", "meetings", "newsletters", "reports")
    for path in sorted((BASE / folder).rglob("*.py"))
    if "migrations" not in path.parts
]


@pytest.mark.parametrize("path", SOURCE, ids=lambda path: str(path.relative_to(BASE)))
def test_module_is_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_no_template_is_unused():
    """Every template is named by a view, another template, a form, or by Django and allauth themselves."""
    root = BASE / "templates"
    known_to_libraries = (
        "account/",
        "mfa/",
        "allauth/",
        "django/",
        "errors/",
        "django_filters/",
        "usersessions/",
        "components/",  # each is shown in the desk's gallery
    )
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in (
            BASE / "platform_portal",
            BASE / "members",
            BASE / "consultations",
            BASE / "meetings",
            BASE / "newsletters",
            BASE / "reports",
            root,
        )
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html", ".txt"}
    )
    unused = [
        name
        for path in sorted(root.rglob("*.html"))
        if not (name := str(path.relative_to(root))).startswith(known_to_libraries)
        and f'"{name}"' not in text
    ]
    assert unused == []


def test_nothing_inline_in_templates():
    """The Content-Security-Policy forbids inline script, style and handlers; nobody shall find out in production."""
    inline = re.compile(
        r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=", re.IGNORECASE
    )
    offenders = [
        str(path.relative_to(BASE))
        for path in (BASE / "templates").rglob("*.html")
        if "/emails/" not in str(path) and inline.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_templates_load_nothing_from_elsewhere():
    foreign = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    offenders = [
        str(path.relative_to(BASE))
        for path in (BASE / "templates").rglob("*.html")
        if foreign.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []
