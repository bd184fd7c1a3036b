"""What residents see."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/home.html")


@login_not_required
def safety(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/safety.html")


@login_not_required
def around(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/around.html")


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/privacy.html")


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/accessibility.html")


@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/about.html")
