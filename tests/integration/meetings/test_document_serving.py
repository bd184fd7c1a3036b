"""How papers are handed out: headers, ranges, what caches may keep."""

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Document
from meetings.services import documents as services
from tests.factories.meetings import DocumentVersionFactory
from tests.integration.meetings.papers import body, file_address, get, paper
from tests.paper_files import word

pytestmark = pytest.mark.django_db


def test_headers(kept):
    version = kept.versions.get()
    response = Client().get(file_address(version))
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith("inline; filename*=utf-8''%E8%B3%87")
    assert headers["ETag"] == f'"{version.sha256}"'
    assert headers["Content-Length"] == str(version.size)
    assert "public" not in headers["Cache-Control"]
    assert not response.cookies
    assert len(body(response)) == version.size


def test_office_files_are_only_saved(kept, secretariat):
    services.replace_document(
        document=kept, paper=paper(word(), 'a"\r\nX: 1.docx'), change_note="x", by=secretariat
    )
    response = get(file_address(kept.versions.first()))
    assert response.headers["Content-Disposition"] == 'attachment; filename="aX 1.docx"'
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_unchanged(kept):
    address = file_address(kept.versions.get())
    etag = get(address).headers["ETag"]
    again = Client().get(address, headers={"If-None-Match": etag})
    assert again.status_code == 304
    preview = file_address(kept.versions.get(), "document-preview")
    etag = get(preview).headers["ETag"]
    assert Client().get(preview, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=5-2", 416, slice(0, 0)),
        ("bytes=0-1,3-4", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
    ],
)
def test_ranges(kept, asked, status, part):
    address = file_address(kept.versions.get())
    whole = body(Client().get(address))
    response = Client().get(address, headers={"Range": asked})
    assert response.status_code == status
    assert body(response) == whole[part]
    if status == 206:
        assert response.headers["Content-Range"].endswith(f"/{len(whole)}")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_range_of_an_older_copy_gets_the_whole(kept):
    headers = {"Range": "bytes=0-3", "If-Range": '"other"'}
    assert get(file_address(kept.versions.get()), headers=headers).status_code == 200


def test_head(kept):
    response = Client().head(file_address(kept.versions.get()))
    assert response.status_code == 200
    assert body(response) == b""


def test_nothing_is_kept_by_the_page_cache(kept, secretariat):
    address = file_address(kept.versions.get())
    get(address)
    Document.objects.filter(pk=kept.pk).update(audience="closed")
    assert Client().get(address).status_code == 404


def test_page_asks_constantly_often(kept, django_assert_max_num_queries):
    for number in range(2, 9):
        DocumentVersionFactory(document=kept, number=number)
    with django_assert_max_num_queries(6):
        assert Client().get(reverse("meetings:document", args=[kept.public_id])).status_code == 200
