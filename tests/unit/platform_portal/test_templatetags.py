"""Small pieces that every template may use."""

from django.core.paginator import Paginator

from platform_portal.templatetags.portal import exit_url, icon, shown_pages


def test_icon_is_decoration_unless_it_is_named() -> None:
    assert str(icon("phone")).startswith('<svg class="icon" aria-hidden="true">')
    assert "icons.svg#phone" in icon("phone")
    assert 'role="img" aria-label="電話"' in icon("phone", "電話")


def test_icon_label_is_escaped() -> None:
    assert "<script>" not in icon("phone", "<script>")


def test_exit_leads_where_the_settings_say(settings) -> None:
    settings.PORTAL_EXIT_URL = "https://neutral.example/"
    assert exit_url() == "https://neutral.example/"


def test_long_lists_of_pages_are_shortened() -> None:
    page = Paginator(range(400), 20).page(10)
    assert list(shown_pages(page)) == [1, "…", 9, 10, 11, "…", 20]
