"""The administrators' pages, below /console/; a module of addresses for each family."""

from django.urls import include, path

from console import cases, deputies, home, reviews

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/<row:deputy>/recall/", deputies.recall, name="recall-deputy"),
    path("reviews/<slug:kind>/", reviews.reviews, name="reviews"),
    path("reviews/<slug:kind>/decide/", reviews.decide_many, name="decide-many"),
    path("reviews/<slug:kind>/hide/", reviews.hide, name="hide"),
    path("cases/<row:case>/", cases.case, name="case"),
    path("cases/<row:case>/decide/", cases.decide, name="decide"),
    path("cases/<row:case>/reveal/", cases.reveal, name="reveal"),
    path("", include("console.units_urls")),
    path("", include("console.office_urls")),
    path("purchases/", include("console.purchases_urls")),
]
