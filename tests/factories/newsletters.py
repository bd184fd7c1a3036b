import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from newsletters.addresses import fingerprint_of
from newsletters.content import Content, to_json
from newsletters.models import (
    Consent,
    ConsentText,
    Delivery,
    Duty,
    HowAsked,
    Issue,
    IssueAttachment,
    IssueState,
    Newsletter,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    SuppressionReason,
)
from tests.factories.members import UserFactory


class NewsletterFactory(DjangoModelFactory):
    class Meta:
        model = Newsletter

    name = factory.Sequence(lambda n: f"つながりだより{n}")
    description = "毎月の催しと新しい窓口をお知らせします。"
    sender_name = "つながりポータル事務局"
    sender_address = "news@example.jp"
    reply_address = "jimukyoku@example.jp"
    list_label = factory.Sequence(lambda n: f"tayori-{n}")


class ConsentTextFactory(DjangoModelFactory):
    class Meta:
        model = ConsentText
        django_get_or_create = ("version",)

    version = 1000  # far from those that come with the portal
    text = "月に一度、催しと窓口のお知らせをメールで送ります。いつでもやめられます。"


class SubscriberFactory(DjangoModelFactory):
    """Confirmed, as most are."""

    class Meta:
        model = Subscriber

    address = factory.Sequence(lambda n: f"reader{n}@example.jp")
    state = SubscriberState.CONFIRMED
    confirmed_at = factory.LazyFunction(timezone.now)


class SubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = Subscription

    subscriber = factory.SubFactory(SubscriberFactory)
    newsletter = factory.SubFactory(NewsletterFactory)


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent
        skip_postgeneration_save = True

    subscriber = factory.SubFactory(SubscriberFactory)
    how = HowAsked.FORM
    text = factory.SubFactory(ConsentTextFactory)


class SuppressionFactory(DjangoModelFactory):
    class Meta:
        model = Suppression

    address = factory.Sequence(lambda n: f"gone{n}@example.jp")
    fingerprint = factory.LazyAttribute(lambda row: fingerprint_of(row.address))
    reason = SuppressionReason.HARD_BOUNCE


def content_of(newsletter: Newsletter, **values: object) -> Content:
    """As an approval makes it, without the work."""
    return Content(
        **{
            "newsletter": newsletter.public_id,
            "readership": newsletter.readership,
            "sender_name": newsletter.sender_name,
            "sender_address": newsletter.sender_address,
            "reply_address": newsletter.reply_address,
            "subject": "11月のお知らせ",
            "text": "■ 催し\nお茶の会があります。\n\n配信停止: http://testserver/newsletters/leave/%%token%%/\n",
            "html": '<h2>催し</h2><p>お茶の会があります。</p><p><a href="http://testserver/newsletters/leave/%%token%%/">配信停止</a></p>',
            **values,
        }
    )


class IssueFactory(DjangoModelFactory):
    """A draft. With `approved`, `scheduled` or `completed` it is bound to its content, and numbered."""

    class Meta:
        model = Issue

    class Params:
        bound = factory.Trait(
            number=factory.Sequence(lambda n: n + 1),
            requested_at=factory.LazyFunction(timezone.now),
            requested_by=factory.SelfAttribute("author"),
            approved_at=factory.LazyFunction(timezone.now),
            approved_by=factory.SubFactory(UserFactory, role="secretariat"),
            content=factory.LazyAttribute(lambda issue: to_json(content_of(issue.newsletter))),
            approved_sha256=factory.LazyAttribute(lambda issue: content_of(issue.newsletter).sha256),
        )
        in_review = factory.Trait(
            state=IssueState.IN_REVIEW,
            requested_at=factory.LazyFunction(timezone.now),
            requested_by=factory.SelfAttribute("author"),
        )
        approved = factory.Trait(bound=True, state=IssueState.APPROVED)
        timed = factory.Trait(
            bound=True,
            send_at=factory.LazyFunction(timezone.now),
            scheduled_at=factory.LazyFunction(timezone.now),
            scheduled_by=factory.SelfAttribute("approved_by"),
        )
        scheduled = factory.Trait(timed=True, state=IssueState.SCHEDULED)
        counted = factory.Trait(
            timed=True,
            frozen_at=factory.LazyFunction(timezone.now),
            candidate_count=0,
            excluded_count=0,
            frozen_count=0,
        )
        sending = factory.Trait(counted=True, state=IssueState.SENDING)
        completed = factory.Trait(
            counted=True, state=IssueState.COMPLETED, completed_at=factory.LazyFunction(timezone.now)
        )

    newsletter = factory.SubFactory(NewsletterFactory)
    subject = "11月のお知らせ"
    body = "# 催し\n\nお茶の会があります。"
    author = factory.SubFactory(UserFactory, role="secretariat")


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    issue = factory.SubFactory(IssueFactory, sending=True)
    subscriber = factory.SubFactory(SubscriberFactory)
    address = factory.SelfAttribute("subscriber.address")
    message_id = factory.Sequence(lambda n: f"<copy.{n}@example.jp>")


class IssueAttachmentFactory(DjangoModelFactory):
    class Meta:
        model = IssueAttachment

    issue = factory.SubFactory(IssueFactory)
    file = factory.django.FileField(filename="file.pdf", data=b"%PDF-1.4 %%EOF")
    name = "ちらし.pdf"
    content_type = "application/pdf"
    size = 14
    sha256 = "0" * 64
    added_by = factory.SelfAttribute("issue.author")


class DutyFactory(DjangoModelFactory):
    class Meta:
        model = Duty

    newsletter = factory.SubFactory(NewsletterFactory)
    editor = factory.SubFactory(UserFactory, role="secretariat")
    due_on = factory.LazyFunction(timezone.localdate)
