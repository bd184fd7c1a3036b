"""What was done in a year, what may have been, and the files that show it."""

from django.urls import URLPattern, path

from reports.views.desk import activities, evidence, offers, ordering

_YEAR = "desk/record/<int:year>/"
_ONE = "desk/record/activities/<public_id:public_id>/"

urlpatterns: list[URLPattern] = [
    path(_YEAR, activities.activity_list, name="desk-activity-list"),
    path(f"{_YEAR}new/", activities.activity_create, name="desk-activity-create"),
    path(f"{_YEAR}activities.csv", activities.activity_file, name="desk-activity-file"),
    path(f"{_YEAR}order/", ordering.order, name="desk-activity-order"),
    path(f"{_YEAR}order/by-month/", ordering.order_by_month, name="desk-activity-order-by-month"),
    path(f"{_ONE}move/", ordering.move, name="desk-activity-move"),
    path(_ONE, activities.activity_edit, name="desk-activity"),
    path(f"{_ONE}remove/", activities.activity_remove, name="desk-activity-remove"),
    path(f"{_ONE}evidence/add/", evidence.evidence_add, name="desk-evidence-add"),
    path(
        f"{_ONE}evidence/<public_id:evidence_id>/",
        evidence.evidence_file,
        name="desk-evidence",
    ),
    path(
        f"{_ONE}evidence/<public_id:evidence_id>/remove/",
        evidence.evidence_remove,
        name="desk-evidence-remove",
    ),
    path(f"{_YEAR}offers/", offers.offer_list, name="desk-offer-list"),
    path(f"{_YEAR}offers/<slug:kind>/<str:source_id>/accept/", offers.accept, name="desk-offer-accept"),
    path(f"{_YEAR}offers/<slug:kind>/<str:source_id>/dismiss/", offers.dismiss, name="desk-offer-dismiss"),
    path(f"{_YEAR}offers/<slug:kind>/<str:source_id>/restore/", offers.restore, name="desk-offer-restore"),
]
