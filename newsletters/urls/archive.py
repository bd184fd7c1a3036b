"""What was sent, to be read: by everybody, and by members, who choose there what comes to them."""

from django.urls import URLPattern, path

from newsletters.views.my import archive as my
from newsletters.views.my import choosing
from newsletters.views.public import archive

_FILE = "<public_id:public_id>/files/<public_id:file_id>/"

urlpatterns: list[URLPattern] = [
    path("newsletters/", archive.archive, name="archive"),
    path("newsletters/feed.atom", archive.feed, name="feed"),
    path("newsletters/sitemap.xml", archive.sitemap, name="sitemap"),
    path("newsletters/<public_id:public_id>/", archive.issue, name="issue"),
    path(f"newsletters/{_FILE}", archive.attachment, name="issue-file"),
    path("my/newsletters/", my.issue_list, name="my-archive"),
    path("my/newsletters/choose/", choosing.choose, name="my-choice"),
    path("my/newsletters/<public_id:public_id>/", my.issue, name="my-issue"),
    path(f"my/newsletters/{_FILE}", my.attachment, name="my-issue-file"),
]
