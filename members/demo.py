"""Made-up data for showing and trying how bodies join. No name, number or address in it belongs to anybody."""

import datetime as dt
import tomllib
import uuid
from pathlib import Path
from typing import Any

from django.utils import timezone

from members import services
from members.models import Application, Charter, JoiningCriterion, Organization, Sector, Strength, User
from platform_portal.access.roles import Role
from platform_portal.region.models import Municipality

CHARTER = """## 第1条（目的）

このプラットフォームは、孤独や孤立に悩む人とその家族を、行政と民間の団体が力を合わせて支えることを目的とします。

## 第2条（すること）

1. 会員どうしが知り合い、情報を交換します。
2. 人・物・資金・場所・知恵を、必要としている会員につなぎます。
3. 研修や催しを開き、住民に知らせます。

## 第3条（会員）

目的に賛同し、県内で活動する団体は、申し込んで会員になれます。入会金と会費はいりません。

## 第4条（守秘義務）

1. 会員は、プラットフォームで知った個人や団体の情報を、目的のほかに使わず、外に出しません。
2. 事例を話し合うときは、だれのことか分からないようにします。
3. この義務は、退会したあとも続きます。

## 第5条（してはならないこと）

会員は、プラットフォームを宗教・政治・営業の勧誘に使いません。反社会的勢力は会員になれません。

## 第6条（退会）

会員は、事務局に伝えて、いつでも退会できます。守らない会員には、事務局が退会を求めることがあります。
"""
PLAIN = ("name", "kana", "kind", "is_prefecture_wide", "target_people", "profile", "is_listed")
APPLICATIONS: list[dict[str, Any]] = [
    {
        "organization_name": "しおかぜ子ども食堂",
        "organization_kana": "シオカゼコドモショクドウ",
        "sector": "children",
        "activity": "月に2回、だれでも来られる食堂を開いています。毎回30人ほどが来ます。",
        "motive": "食べ物を分けてくれる団体と知り合いたいです。",
        "contact_name": "試用 いろは",
        "contact_email": "iroha@shiokaze.example",
        "contact_phone": "087-000-0001",
    },
    {
        "organization_name": "NPO法人 となりの縁側",
        "organization_kana": "エヌピーオーホウジン トナリノエンガワ",
        "sector": "community",
        "activity": "空き家を使って、高齢の人が集まる場所を開いています。",
        "contact_name": "試用 にほ",
        "contact_email": "niho@engawa.example",
        "contact_phone": "087-000-0002",
        "questions": "活動している市町を教えてください。週に何日開いていますか。",
    },
    {
        "organization_name": "県外サポートの会",
        "organization_kana": "ケンガイサポートノカイ",
        "sector": "labour",
        "activity": "仕事を探す若い人の相談を受けています。いまは県外だけで活動しています。",
        "contact_name": "試用 へと",
        "contact_email": "heto@kengai.example",
        "contact_phone": "03-0000-0003",
        "reason": "県内での活動の予定がないとのことでしたので、今回は入会を認められません。"
        "県内で始めるときは、もう一度申し込んでください。",
    },
]


def load_demo_joining(*, secretariat: Any, staff: Any) -> None:
    """A charter in force and three applications: waiting, asked about, refused. A second time adds nothing."""
    if Charter.objects.in_force() is None and not Charter.objects.exists():
        values = {
            "title": "プラットフォーム設置要綱（試用）",
            "text": CHARTER,
            "effective_on": timezone.localdate() - dt.timedelta(days=30),
        }
        charter = services.write_charter(charter=None, values=values, by=secretariat)
        services.publish_charter(charter=charter, text_hash=charter.text_hash, by=secretariat)
    charter_in_force = Charter.objects.in_force()
    if charter_in_force is None or Application.objects.exists():
        return
    criteria = [
        {"text": row.text, "is_required": row.is_required, "is_met": True}
        for row in JoiningCriterion.objects.active()
    ]
    for entry in APPLICATIONS:
        values = {name: value for name, value in entry.items() if name not in {"questions", "reason"}}
        application = services.submit_application(
            form_id=uuid.uuid4(),
            values=values
            | {
                "sector": Sector.objects.get(slug=entry["sector"]),
                "municipality": Municipality.objects.own().first(),
            },
            criteria=criteria,
            charter_hash=charter_in_force.text_hash,
        )
        application = services.confirm_application(application=application)
        if "questions" in entry:
            services.return_application(application=application, questions=entry["questions"], by=staff)
        if "reason" in entry:
            services.refuse_application(application=application, reason=entry["reason"], by=staff)


ORGANIZATIONS_FILE = Path(__file__).parent / "data" / "demo_organizations.toml"


def load_demo_organizations(*, by: Any, password: str) -> None:
    """Made-up members and sections with people who can sign in. What there is by name or address stays as it is.

    None of them runs a window of the demo: those belong to real bodies.
    """
    strengths = {row.slug: row for row in Strength.objects.all()}
    for entry in tomllib.loads(ORGANIZATIONS_FILE.read_text(encoding="utf-8"))["organization"]:
        if Organization.objects.filter(name=entry["name"]).exists():
            continue
        place = Municipality.objects.own().filter(name=entry["city"]).first()
        chosen = [strengths[slug] for slug in entry["strengths"] if slug in strengths]
        values = {name: entry[name] for name in PLAIN if name in entry}
        values |= {
            "sector": Sector.objects.get(slug=entry["sector"]),
            "municipality": place,
            "strengths": chosen,
            "activity_areas": [place] if place and not entry.get("is_prefecture_wide") else [],
            "joined_on": timezone.localdate() - dt.timedelta(days=200),
        }
        organization = services.save_organization(organization=None, values=values, by=by)
        for email, name, role in entry["people"]:
            user = User.objects.filter(email=email).first() or User.objects.create_user(
                email, password, name=name, section=entry["name"], role=Role.MEMBER
            )
            services.start_membership(organization=organization, user=user, role=role, by=by)
