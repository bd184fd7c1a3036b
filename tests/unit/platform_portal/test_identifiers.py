"""Ids are drawn by lot; one that is taken is drawn again, unseen."""

from itertools import chain

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from consultations.importing.applying import import_table
from consultations.importing.reading import WINDOWS
from consultations.models import Category, ConsultationWindow
from consultations.services import WindowContent, save_window
from platform_portal import identifiers
from tests.factories.consultations import CategoryFactory, WindowFactory


@pytest.fixture
def draw(monkeypatch):
    """The next ids that will be drawn, one after the other."""

    def prepare(*ids: str) -> None:
        characters = chain.from_iterable(ids)
        monkeypatch.setattr(identifiers.secrets, "choice", lambda alphabet: next(characters))

    return prepare


@pytest.mark.django_db
class TestATakenId:
    def test_is_drawn_again_for_a_new_window(self, owner, draw):
        WindowFactory(public_id="aaaaaa")
        draw("aaaaaa", "bbbbbb")
        saved = save_window(
            window=ConsultationWindow(), content=WindowContent(values={"name": "あたらしい窓口"}), by=owner
        )
        assert ConsultationWindow.objects.get(public_id="bbbbbb") == saved

    def test_is_drawn_again_for_a_category(self, draw):
        CategoryFactory(public_id="aaaaaa")
        draw("aaaaaa", "bbbbbb")
        category = Category(slug="new", name="あたらしい", description="説明", icon="living")
        category.full_clean()
        category.save()
        assert category.public_id == "bbbbbb"

    def test_is_drawn_again_for_the_rows_of_a_file(self, administrator, draw):
        WindowFactory(public_id="aaaaaa")
        draw("aaaaaa", "cccccc", "bbbbbb", "bbbbbb", "dddddd", "eeeeee")
        table = WINDOWS.read("ID,名称\ncccccc,一\n,二\n,三\n,四\n".encode())
        import_table(table=table, by=administrator)
        ids = set(ConsultationWindow.objects.values_list("public_id", flat=True))
        assert ids == {"aaaaaa", "bbbbbb", "cccccc", "dddddd", "eeeeee"}

    def test_is_refused_when_somebody_chose_it(self):
        WindowFactory(public_id="aaaaaa")
        chosen = ConsultationWindow(public_id="aaaaaa", name="窓口")
        with pytest.raises(ValidationError):
            chosen.full_clean()
        with pytest.raises(IntegrityError):
            chosen.save()

    def test_is_not_blamed_for_another_conflict(self, draw):
        CategoryFactory(slug="taken")
        draw("bbbbbb", "cccccc")
        with pytest.raises(IntegrityError, match="slug"):
            Category(slug="taken", name="べつ", description="説明", icon="living").save()

    def test_never_ends_in_an_endless_search(self, draw):
        CategoryFactory(public_id="aaaaaa")
        draw(*["aaaaaa"] * 20)
        with pytest.raises(RuntimeError, match="No free public id"):
            Category(slug="new", name="あたらしい", description="説明", icon="living").save()


@pytest.mark.django_db
class TestAskingForWhatNoIdIs:
    """PostgreSQL refuses a NUL with an error; nobody's page may hand that on."""

    @pytest.mark.parametrize("text", ["", "\0", "aaaaa\0", "aaaaaaa", "AAAAAA", "あ", "²" * 6])
    def test_finds_nothing(self, text):
        known = WindowFactory(public_id="aaaaaa")
        rows = ConsultationWindow.objects.all()
        assert not rows.filter(public_id=text).exists()
        assert not rows.filter(public_id__in=[text]).exists()
        assert list(rows.exclude(public_id=text)) == [known]
        assert list(rows.filter(public_id__in=[text, "aaaaaa"])) == [known]

    def test_a_query_inside_is_asked_as_ever(self):
        known = WindowFactory(public_id="aaaaaa")
        inside = ConsultationWindow.objects.values("public_id")
        assert list(ConsultationWindow.objects.filter(public_id__in=inside)) == [known]
        assert list(ConsultationWindow.objects.filter(public_id=inside[:1])) == [known]
