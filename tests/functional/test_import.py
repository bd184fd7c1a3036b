"""Staff take a file in, in a real browser."""

import pytest
from playwright.sync_api import expect

from consultations.models import ConsultationWindow
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.members import UserFactory
from tests.functional.conftest import DESK, PHONE

FILE = (
    "ID,名称,運営者,分野,連絡手段1_種類,連絡手段1_値\n"
    ",まちの相談室,市役所,living,phone,0570-0783-55\n"
    "{window},よるの電話,市,living,phone,087-832-0000\n"
)


@pytest.fixture
def window(transactional_db):
    """Not published: a new number of a published one would wait for a second person."""
    category = CategoryFactory(slug="living", name="生活上の困りごと")
    return WindowFactory(name="よるの電話", operator="県", topics=[category], draft=True)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_file_to_drafts(visit, window, viewport, scripts):
    visitor = visit(viewport, java_script_enabled=scripts)
    visitor.be(UserFactory(role="staff"))
    page = visitor.page
    visitor.open("/desk/windows/import/")
    page.get_by_label("ファイル").set_input_files(
        {"name": "窓口.csv", "mimeType": "text/csv", "buffer": FILE.format(window=window.public_id).encode()}
    )
    if scripts:
        assert visitor.axe_violations() == []
        assert not visitor.overflows()
    page.get_by_role("button", name="何が変わるかを見る").click()
    expect(page.get_by_text("まだ何も変わっていません")).to_be_visible()
    expect(page.get_by_text("0570-078-355 ではありませんか")).to_be_visible()
    if scripts:
        assert visitor.axe_violations() == []
        assert not visitor.overflows()
    assert ConsultationWindow.objects.count() == 1
    page.get_by_role("button", name="この内容で取り込む").click()
    expect(page.get_by_text("1件を作り、1件を変えました")).to_be_visible()
    window.refresh_from_db()
    assert window.operator == "市"
    assert ConsultationWindow.objects.count() == 2
    assert visitor.problems == []
