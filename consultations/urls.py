"""Pages for residents. All are open to everybody."""

from django.urls import path

from consultations.views.public import (
    confirm,
    detail,
    home,
    machines,
    organizations,
    report,
    search,
    texts,
    windows,
)

app_name = "consultations"

urlpatterns = [
    path("", home.home, name="home"),
    path("windows/", windows.window_list, name="window-list"),
    path("c/<public_id:public_id>/", windows.category, name="category"),
    path("w/<public_id:public_id>/", detail.window_detail, name="window-detail"),
    path("w/<public_id:public_id>/card/", detail.window_card, name="window-card"),
    path("w/<public_id:public_id>/report/", report.error_report, name="error-report"),
    path("w/<public_id:public_id>/report/thanks/", report.error_report_thanks, name="error-report-thanks"),
    path("members/", organizations.organization_list, name="organization-list"),
    path("members/<public_id:public_id>/", organizations.organization_detail, name="organization-detail"),
    path("confirm/<str:token>/", confirm.confirm, name="confirm"),
    path("confirm/<str:token>/<public_id:public_id>/", confirm.confirm_difference, name="confirm-difference"),
    path("search/", search.search, name="search"),
    path("for-family/", texts.around, name="around"),
    path("languages/", texts.languages, name="languages"),
    path("leave-no-trace/", texts.safety, name="safety"),
    path("accessibility/", texts.accessibility, name="accessibility"),
    path("privacy/", texts.privacy, name="privacy"),
    path("about/", texts.about, name="about"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
]
