"""/media/…"""

from django.urls import path

from media_pipeline import views

app_name = "media"
urlpatterns = [path("<path:path>", views.media_file, name="file")]
