from django.urls import URLPattern

from newsletters.urls.archive import urlpatterns as archive
from newsletters.urls.issues import urlpatterns as issues
from newsletters.urls.ledger import urlpatterns as ledger
from newsletters.urls.public import urlpatterns as public
from newsletters.urls.subscribers import urlpatterns as subscribers
from newsletters.urls.subscribing import urlpatterns as subscribing

app_name = "newsletters"
urlpatterns: list[URLPattern] = [*archive, *public, *subscribing, *subscribers, *issues, *ledger]
