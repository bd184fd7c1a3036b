import factory
from factory.django import DjangoModelFactory

from platform_portal.region.models import Municipality, PortalSettings, Prefecture


class PrefectureFactory(DjangoModelFactory):
    class Meta:
        model = Prefecture
        django_get_or_create = ("code",)

    code = "370002"
    name = "香川県"
    kana = "カガワケン"


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality
        django_get_or_create = ("code",)

    code = "372013"
    name = "高松市"
    kana = "タカマツシ"
    prefecture = factory.SubFactory(PrefectureFactory)


class PortalSettingsFactory(DjangoModelFactory):
    class Meta:
        model = PortalSettings
        django_get_or_create = ("id",)

    id = 1
    platform_name = "香川県 孤独・孤立対策官民連携プラットフォーム"
    prefecture = factory.SubFactory(PrefectureFactory)
    secretariat_name = "事務局"
