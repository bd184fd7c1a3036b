"""Papers of meetings, their files and versions."""

from django.urls import URLPattern, path

from meetings.views import documents
from meetings.views.desk import documents as desk

urlpatterns: list[URLPattern] = [
    path("papers/<public_id:paper_id>/", documents.document_page, name="document"),
    path(
        "papers/<public_id:paper_id>/<public_id:version_id>/", documents.document_file, name="document-file"
    ),
    path(
        "papers/<public_id:paper_id>/<public_id:version_id>/preview.png",
        documents.document_preview,
        name="document-preview",
    ),
    path("desk/meetings/<public_id:public_id>/documents/", desk.document_list, name="desk-documents"),
    path("desk/meetings/<public_id:public_id>/documents/add/", desk.document_add, name="desk-document-add"),
    path(
        "desk/meetings/<public_id:public_id>/documents/<public_id:paper_id>/",
        desk.document_edit,
        name="desk-document",
    ),
    path(
        "desk/meetings/<public_id:public_id>/documents/<public_id:paper_id>/replace/",
        desk.document_replace,
        name="desk-document-replace",
    ),
    path(
        "desk/meetings/<public_id:public_id>/documents/<public_id:paper_id>/withdraw/",
        desk.document_withdraw,
        name="desk-document-withdraw",
    ),
]
