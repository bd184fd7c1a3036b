"""The same letter to as many readers by another Django package, with the defaults of that package.

    var/bench-venv/bin/python benchmarks/peers.py PEER HOST DATABASE PORT MAILS

PEER: post_office, mailer or newsletter. Writes the mails into its own tables first; then says `ready`, and sends when it
is given a line. How fast it was is asked of the sink.
"""

import sys

PEER, HOST, DATABASE, PORT, MAILS = sys.argv[1:]

import django
from django.conf import settings

APPS = {
    "post_office": ["post_office"],
    "mailer": ["mailer"],
    "newsletter": ["django.contrib.sites", "sorl.thumbnail", "newsletter"],
}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
settings.configure(
    SECRET_KEY="bench",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": DATABASE, "USER": "portal", "HOST": HOST,
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", *APPS[PEER]],
    EMAIL_BACKEND={"post_office": "post_office.EmailBackend", "mailer": "mailer.backend.DbBackend"}.get(PEER, SMTP),
    POST_OFFICE={"BACKENDS": {"default": SMTP}},
    MAILER_EMAIL_BACKEND=SMTP,
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(PORT),
    DEFAULT_FROM_EMAIL="news@example.jp",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SITE_ID=1,
    USE_TZ=True,
    NEWSLETTER_EMAIL_DELAY=0,
    NEWSLETTER_BATCH_DELAY=0,
    NEWSLETTER_THUMBNAIL="sorl-thumbnail",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": []},
        }
    ],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    LOGGING_CONFIG=None,
)  # fmt: skip
django.setup()

from django.core.management import call_command
from django.urls import include, path
from letter import HTML, SUBJECT, TEXT  # beside this file, which runs in an environment of its own

urlpatterns = [path("newsletter/", include("newsletter.urls"))] if PEER == "newsletter" else []


def prepare_post_office() -> None:
    from post_office.mail import send_many

    send_many(
        [
            {"recipients": [address], "sender": "news@example.jp", "subject": SUBJECT, "message": TEXT, "html_message": HTML}
            for address in addresses()
        ]
    )  # fmt: skip


def prepare_mailer() -> None:
    from mailer import send_html_mail

    for address in addresses():
        send_html_mail(SUBJECT, TEXT, HTML, "news@example.jp", [address])


def prepare_newsletter() -> None:
    from django.contrib.sites.models import Site
    from django.utils import timezone
    from newsletter.models import Article, Message, Newsletter, Submission, Subscription

    site, _made = Site.objects.get_or_create(pk=1, defaults={"domain": "example.jp", "name": "example"})
    newsletter = Newsletter.objects.create(
        title="T", slug="t", email="news@example.jp", sender="News", send_html=True
    )
    newsletter.site.set([site])
    Subscription.objects.bulk_create(
        [
            Subscription(
                newsletter=newsletter, email_field=address, subscribed=True, activation_code=str(number)
            )
            for number, address in enumerate(addresses())
        ]
    )
    message = Message.objects.create(title=SUBJECT, slug="m", newsletter=newsletter)
    Article.objects.create(title=SUBJECT, text=HTML, post=message, sortorder=1)
    submission = Submission.objects.create(
        newsletter=newsletter, message=message, publish_date=timezone.now(), prepared=True
    )
    submission.subscriptions.set(Subscription.objects.all())


def addresses() -> list[str]:
    return [f"reader{number}@example.jp" for number in range(int(MAILS))]


PREPARE = {"post_office": prepare_post_office, "mailer": prepare_mailer, "newsletter": prepare_newsletter}
SEND = {"post_office": ["send_queued_mail"], "mailer": ["send_mail"], "newsletter": ["submit_newsletter"]}


if __name__ == "__main__":
    call_command("migrate", verbosity=0, interactive=False)
    PREPARE[PEER]()
    print("ready", flush=True)
    sys.stdin.readline()
    call_command(*SEND[PEER])
    print("done", flush=True)
