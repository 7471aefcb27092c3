"""The addresses of the fast lane, also included in the API's ordinary ones (for `reverse`, schema and policy tests)."""

from django.urls import path

from api import watching

# The frequent ones first: the lane tries them in this order.
watch_urlpatterns = [
    path("watches/<str:watch>/heartbeat", watching.heartbeat, name="heartbeat"),
    path("watches/<str:ticket>/keys/<int:window>", watching.key, name="watch-key"),
    path("watches/<str:watch>/end", watching.end, name="watch-end"),
    path("watches/<str:watch>/quizzes/<str:quiz>/answers", watching.quiz_answers, name="quiz-answers"),
    path("watches/<str:ticket>/playlist.m3u8", watching.master_playlist, name="watch-playlist"),
    path("watches/<str:ticket>/<slug:rendition>.m3u8", watching.rendition_playlist, name="watch-rendition"),
]
