"""Papers of meetings as the tests about them upload and open them."""

import io
from typing import Any

from django.test import Client
from django.urls import reverse

from meetings.models import DocumentVersion
from meetings.papers.checking import check_paper
from tests.paper_files import bare_pdf

VALUES = {"label": "資料1", "title": "県の取組", "audience": "public", "opens_at": None}
SECRET = "ひみつの数字は三十七"


def paper(data: bytes | None = None, name: str = "資料1.pdf"):
    return check_paper(io.BytesIO(data or bare_pdf()), name)


def body(response: Any) -> bytes:
    """All of it: at its end the file is closed."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def get(address: str, client: Client | None = None, **options: Any) -> Any:
    """A response whose body nobody wants."""
    response = (client or Client()).get(address, **options)
    body(response)
    return response


def file_address(version: DocumentVersion, name: str = "document-file") -> str:
    return reverse(f"meetings:{name}", args=[version.document.public_id, version.public_id])
