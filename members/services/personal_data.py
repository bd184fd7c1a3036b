"""Handing out and erasing all that the portal holds about one person."""

import io
import json
import zipfile
from collections.abc import Sequence
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import permissions
from members.logos import remove_logo
from members.models import (
    Application,
    ApplicationQuestion,
    ApplicationState,
    CharterConsent,
    Invitation,
    Membership,
    Organization,
    OrganizationRevision,
    OrganizationState,
    User,
)
from members.people import person_of, user_of
from members.services.profiles import withdraw_waiting_change
from members.services.users import lock_user
from platform_portal import personal_data
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.personal_data import Handling, Rows, Section, scrub
from platform_portal.privacy import Person
from platform_portal.region.models import PortalSettings

ERASED_DOMAIN = "erased.invalid"  # no mail can ever reach it (RFC 2606)


# --- Handing out --------------------------------------------------------------------------------
@transaction.atomic
def export_personal_data(*, person: Person, by: Any) -> bytes:
    """A ZIP with the same data for people (HTML) and for programs (JSON). Raises Refused."""
    permissions.check_can_export_personal_data(by, person)
    sections = personal_data.collect(person)
    audit.record(
        type="members.personal_data_exported",
        by=by,
        obj=user_of(person),
        new={"rows": {section.label: len(section.rows) for section in sections}},
    )
    return _archive(person, sections)


def _archive(person: Person, sections: list[Section]) -> bytes:
    portal, now = PortalSettings.load(), timezone.now()
    plain = {
        "portal": portal.portal_name,
        "exported_at": now,
        "addresses": sorted(person.addresses),
        "data": {
            section.label: [{field.name: field.value for field in row} for row in section.rows]
            for section in sections
        },
    }
    page = render_to_string(
        "members/personal_data.html",
        {"portal": portal, "now": now, "addresses": sorted(person.addresses), "sections": sections},
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("personal-data.html", page)
        files.writestr(
            "personal-data.json", json.dumps(plain, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        )
    return archive.getvalue()


# --- Erasing ------------------------------------------------------------------------------------
@transaction.atomic
def erase_person(*, person: Person, by: Any) -> None:
    """Everything that says something about `person` goes; the record keeps numbers. Raises Refused: nothing was changed."""
    permissions.check_can_erase_personal_data(by)
    user = user_of(person)
    if user is not None:
        # Two administrators, or the last two managers of an organisation, come one after the other.
        user = lock_user(user, by)
        own = Membership.objects.current().filter(user=user).values("organization")
        list(Organization.objects.select_for_update(of=("self",)).filter(pk__in=own))
        permissions.check_can_erase_user(by, user)
        person = person_of(user)
    in_the_way = personal_data.obstacles(person)
    if in_the_way:
        raise Refused("".join(in_the_way))
    found = personal_data.find(person)
    if not found:
        raise Refused(_("この人のデータは、もうありません。すでに消されています。"))
    personal_data.erase(found, person=person, by=by)
    audit.record(
        type="members.person_erased",
        by=by,
        obj=user,
        new={"rows": {entry.model._meta.label_lower: len(entry.keys) for entry in found if not entry.stays}},
    )


def last_manager_obstacles(person: Person) -> list[str]:
    """An organisation without a manager could not look after itself any more."""
    theirs = Membership.objects.managers().filter(user=person.user_id)
    others = Membership.objects.managers().exclude(user=person.user_id).filter(user__is_active=True)
    alone = Organization.objects.active().filter(pk__in=theirs.values("organization"))
    return [
        _(
            "「%(name)s」の最後の管理担当です。先に、ほかの人を管理担当にするか、団体の退会の手続きをしてください。"
        )
        % {"name": organization.name}
        for organization in alone.exclude(pk__in=others.values("organization"))
    ]


def individual_member_obstacles(person: Person) -> list[str]:
    """Somebody who is a member as a person stands on the public list by name."""
    as_person = Q(application__is_individual=True, application__contact_email__in=person.addresses)
    return [
        _("個人会員「%(name)s」として入会中です。先に、退会の手続きをしてください。") % {"name": member.name}
        for member in Organization.objects.active().filter(as_person)
    ]


def anonymise_users(rows: Rows, by: Any) -> None:
    """The row stays, because the record and what they wrote point to it; nobody can sign in with it."""
    for user in rows:
        _end_stored_sessions(user)
        user.email = f"{user.pk}-{get_random_string(16).lower()}@{ERASED_DOMAIN}"
        user.name, user.section = _("退会した利用者"), ""
        user.is_active, user.last_login = False, None
        user.session_version += 1
        user.erased_at = timezone.now()
        user.set_unusable_password()
        user.save()


def _end_stored_sessions(user: User) -> None:
    """Whose a session is stands inside it. There are as many as people signed in within eight hours."""
    for session in Session.objects.iterator(200):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def end_memberships(rows: Rows, by: Any) -> None:
    """Without the usual mail: nobody is left to read it."""
    for membership in rows.filter(ended_at=None):
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
        audit.record(type="members.membership_ended", by=by, obj=membership)


def erase_invitations(rows: Rows, by: Any) -> None:
    """A link that was sent leads nowhere from now on."""
    for invitation in rows.filter(accepted_at=None, withdrawn_at=None):
        invitation.withdrawn_at, invitation.withdrawn_by = timezone.now(), by
        invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record(type="members.invitation_withdrawn", by=by, obj=invitation)
    scrub(rows)


def erase_applications(rows: Rows, by: Any) -> None:
    """One that is still open counts as withdrawn. Who applied as a person loses the name of the "body" too."""
    for application in rows.filter(state__in=[ApplicationState.SUBMITTED, ApplicationState.RETURNED]):
        old = audit.snapshot(application, ("state",))
        application.state = ApplicationState.WITHDRAWN
        application.save(update_fields=["state", "updated_at"])
        audit.record(
            type="members.application_withdrawn",
            by=by,
            obj=application,
            old=old,
            new=audit.snapshot(application, ("state",)),
        )
    scrub_applications(rows)


def scrub_applications(rows: Rows) -> int:
    """Empties what they say about people; returns how many. Their questions and the name on the consent go with them."""
    keys = list(rows.values_list("pk", flat=True))
    chosen = Application.objects.filter(pk__in=keys)
    for model in (ApplicationQuestion, CharterConsent):
        scrub(model._base_manager.filter(application__in=keys))
    chosen.filter(is_individual=True).update(
        organization_name=_("（個人）"), organization_kana="", website=""
    )
    chosen.filter(state=ApplicationState.UNCONFIRMED).delete()
    scrub(chosen)
    chosen.update(scrubbed_at=timezone.now())
    return len(keys)


def forget_office_contact(rows: Rows, by: Any) -> None:
    """The organisation stays a member; its address is its own. Who was a member as a person is gone with the person."""
    rows.update(office_email="", office_phone="")
    gone = rows.exclude(state=OrganizationState.ACTIVE).filter(application__is_individual=True)
    scrub_organizations(list(gone.filter(scrubbed_at=None).select_related("application")), by=by)


def scrub_organizations(chosen: Sequence[Organization], *, by: Any = None) -> None:
    """Empties contact and notes of organisations that have left; whoever was a member as a person loses the name too."""
    keys = [organization.pk for organization in chosen]
    scrub(Organization.objects.filter(pk__in=keys))
    as_person = dict(
        Organization.objects.filter(pk__in=keys, application__is_individual=True).values_list("pk", "logo")
    )
    Organization.objects.filter(pk__in=as_person).update(
        name=_("個人会員（退会）"), kana="", profile="", website="", logo="", search_text=""
    )
    for name in filter(None, as_person.values()):
        transaction.on_commit(partial(remove_logo, name))
    Organization.objects.filter(pk__in=keys).update(
        public_phone="", public_email="", scrubbed_at=timezone.now()
    )
    scrub(CharterConsent.objects.filter(organization__in=keys))
    empty_proposals(OrganizationRevision.objects.filter(organization__in=keys))
    scrub_applications(Application.objects.filter(organization__in=keys))
    audit.record_all(
        audit.prepare(type="members.organization_scrubbed", by=by, obj=organization)
        for organization in chosen
    )


def empty_proposals(rows: Rows) -> None:
    """They hold the same fields again. Who asked, when, and how it was decided stays."""
    rows.exclude(note="").update(note=_("（消しました）"))
    rows.update(before={}, proposed={})


def forget_in_proposals(rows: Rows, person: Person, by: Any) -> None:
    """What is this person's own in changes proposed for organisations. What the public sees by now is untouched."""
    as_person = Q(pk__in=[])
    for address in person.addresses:
        as_person |= Q(application__contact_email__iexact=address, application__is_individual=True)
    members = Organization.objects.filter(as_person)
    empty_proposals(rows.filter(organization__in=members.values("pk")))
    for revision in rows.select_for_update(of=("self",)).order_by("pk"):
        _forget_address(revision, person, by)


def _forget_address(revision: OrganizationRevision, person: Person, by: Any) -> None:
    """A change that waits or was returned goes on without it, and ends when nothing else of what waited is left."""
    mine = [
        values
        for values in (revision.before, revision.proposed)
        if str(values.get("public_email", "")).lower() in person.addresses
    ]
    is_to_be_used = revision.is_open or revision.is_returned
    if is_to_be_used and any(values is revision.proposed for values in mine):
        for values in (revision.before, revision.proposed):
            values.pop("public_email", None)
    elif revision.is_open:
        return  # what stands on the public page is compared with it before it is approved
    else:
        for values in mine:
            values["public_email"] = ""
    if mine:
        revision.save(update_fields=["before", "proposed"])
    if revision.is_open and not revision.proposed:
        withdraw_waiting_change(revision, by=by)


def delete_rows(rows: Rows, by: Any) -> None:
    rows.delete()


HANDLINGS = {
    User._meta.label_lower: Handling(
        gettext_lazy(
            "名前を「退会した利用者」にし、メールアドレス・所属・パスワードを消して、利用を止めます。"
        ),
        anonymise_users,
    ),
    EmailAddress._meta.label_lower: Handling(gettext_lazy("消します。"), delete_rows),
    Authenticator._meta.label_lower: Handling(gettext_lazy("消します。"), delete_rows),
    Membership._meta.label_lower: Handling(
        gettext_lazy("いまの担当を終えます。いつ、どの団体の担当だったかは、番号で残ります。"),
        end_memberships,
    ),
    Invitation._meta.label_lower: Handling(
        gettext_lazy("名前とアドレスを消します。返事待ちの招待は取り消します。"), erase_invitations
    ),
    Application._meta.label_lower: Handling(
        gettext_lazy(
            "担当者の名前と連絡先、書かれた文を消します。審査中の申込は、取り下げになります。団体名は残ります。"
        ),
        erase_applications,
    ),
    Organization._meta.label_lower: Handling(
        gettext_lazy(
            "事務局からの連絡先を消します。団体と、公開しているアドレスは残ります。退会した個人会員は、名前も消します。"
        ),
        forget_office_contact,
    ),
    OrganizationRevision._meta.label_lower: Handling(
        gettext_lazy(
            "申し出に書かれたこの人のアドレスを消します。個人会員の申し出は、中身を消します。申し出た人は、番号で残ります。"
        ),
        erase_of=forget_in_proposals,
    ),
}
