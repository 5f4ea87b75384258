"""Addresses of ratings, surveys and their results."""

from django.urls import path

from motcua.kernel.ratings.views import administration, desk, portal, public, surveys, tablet

urlpatterns = [
    # For everybody
    path("danh-gia/ket-qua/", public.results, name="ratings_public"),
    path("danh-gia/ket-qua/<str:code>/", public.results, name="ratings_public_unit"),
    path("danh-gia/may/<str:code>/", tablet.tablet, name="rating_tablet"),
    path("danh-gia/may/<str:code>/<str:place>/", tablet.tablet, name="rating_tablet_desk"),
    path("danh-gia/<str:token>/", portal.rate, name="rate"),
    path("danh-gia/<str:token>/goi-lai/", portal.wish_call, name="rate_call"),
    path("khao-sat/<str:token>/", portal.survey, name="survey"),
    # For officials
    path("desk/danh-gia/", desk.results, name="ratings"),
    path("desk/danh-gia/so-lieu.csv", desk.export, name="ratings_csv"),
    path("desk/danh-gia/loi/<str:rating_id>/an/", desk.hide, name="rating_hide"),
    path("desk/quan-tri/cau-hoi-danh-gia/", administration.questions, name="rating_questions"),
    path("desk/quan-tri/cau-hoi-danh-gia/them/", administration.question, name="rating_question_add"),
    path("desk/quan-tri/cau-hoi-danh-gia/<slug:code>/", administration.question, name="rating_question"),
    path("desk/quan-tri/cau-hoi-danh-gia/<slug:code>/thoi/", administration.end, name="rating_question_end"),
    path("desk/quan-tri/khao-sat/", surveys.surveys, name="surveys"),
    path("desk/quan-tri/khao-sat/mo/", surveys.open_survey, name="survey_open"),
    path("desk/quan-tri/khao-sat/<int:survey_id>/", surveys.survey, name="survey_page"),
]
