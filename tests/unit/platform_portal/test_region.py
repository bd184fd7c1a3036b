"""団体コード and the one row of settings."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from platform_portal.region.codes import check_digit, is_valid_code
from platform_portal.region.models import Municipality, PortalSettings, Prefecture
from tests.factories.region import PortalSettingsFactory, PrefectureFactory


@pytest.mark.parametrize("code", ["010006", "130001", "360007", "370002", "060003", "372013"])
def test_published_codes_are_valid(code):
    assert is_valid_code(code)


@given(st.text("0123456789", min_size=5, max_size=5), st.integers(0, 4), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_unless_it_carries_the_same_check(first, place, step):
    wrong = first[:place] + str((int(first[place]) + step) % 10) + first[place + 1 :]
    assert is_valid_code(first + check_digit(first))
    assert is_valid_code(wrong + check_digit(first)) == (check_digit(wrong) == check_digit(first))


@pytest.mark.parametrize("code", ["", "37201", "3720130", "37201x", "３７２０１３", "372014"])
def test_other_texts_are_not(code):
    assert not is_valid_code(code)


@pytest.mark.django_db
class TestModels:
    def test_wrong_code_is_said_in_words(self):
        with pytest.raises(ValidationError, match="全国地方公共団体コード"):
            Municipality(
                code="372014", name="高松市", kana="タカマツシ", prefecture=PrefectureFactory()
            ).full_clean()

    def test_there_is_one_row_of_settings(self):
        PortalSettingsFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            PortalSettings.objects.create(
                pk=2, platform_name="二つ目", secretariat_name="x", prefecture=Prefecture.objects.get()
            )

    def test_a_portal_not_set_up_yet_has_defaults(self):
        assert PortalSettings.load().portal_name == "つながりポータル"
