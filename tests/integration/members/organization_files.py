"""Files of organisations as the desk takes them and hands them out."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import (
    OrganizationImport,
)

HEAD = "ID,名称,活動分野,法人番号,所在の市町,得意分野\n"
NUMBER = "8700110005901"
OTHER_NUMBER = "6000012070001"
NEW = HEAD + f",つながりの会,福祉,{NUMBER},高松市,居場所づくり\n"


def uploaded(client, content: bytes | str) -> OrganizationImport:
    body = content if isinstance(content, bytes) else content.encode()
    response = client.post(
        reverse("members:organization-import"), {"file": SimpleUploadedFile("団体.csv", body)}
    )
    assert response.status_code == 302, response.content.decode()
    return OrganizationImport.objects.latest("pk")


def page_of(upload: OrganizationImport) -> str:
    return reverse("members:organization-import-result", args=[upload.public_id])


def shown(client, upload: OrganizationImport, query: str = "") -> str:
    response = client.get(page_of(upload) + query)
    assert response.status_code == 200
    return response.content.decode()


def agree(client, upload: OrganizationImport) -> str:
    response = client.post(page_of(upload), {"agree": "1"}, follow=True)
    upload.refresh_from_db()
    return response.content.decode()


def taken_in(client, content: bytes | str) -> dict[str, int]:
    upload = uploaded(client, content)
    agree(client, upload)
    assert upload.stage == "done", shown(client, upload)
    return upload.counts


def refusals(client, content: str) -> str:
    upload = uploaded(client, content)
    text = shown(client, upload)
    assert "取り込めない行が" in text
    agree(client, upload)  # a forged button
    assert upload.stage == "planned"
    return text


def exported(client, query: str = "") -> str:
    response = client.get(reverse("members:organization-export") + query)
    assert response.status_code == 200
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8-sig")
