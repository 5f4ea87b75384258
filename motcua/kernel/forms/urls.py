from django.urls import path

from motcua.kernel.forms.views import design, designer, places, preview

_DESK = "desk/quan-tri/bieu-mau/"
_FORM = f"{_DESK}<slug:key>/"

urlpatterns = [
    path("bieu-mau/noi-o/", places.find, name="form_places"),
    path(_DESK, designer.show_list, name="form_list"),
    path(_FORM, designer.show_form, name="form_versions"),
    path(f"{_FORM}soan/", design.show_draft, name="form_design"),
    path(f"{_FORM}soan/ten/", design.edit_words, name="form_words"),
    path(f"{_FORM}soan/buoc/<slug:step>/", design.edit_words, name="form_step"),
    path(f"{_FORM}soan/o/", design.edit_field, name="form_field"),
    path(f"{_FORM}soan/json/", designer.edit_json, name="form_json"),
    path(f"{_FORM}so-sanh/", designer.compare, name="form_compare"),
    path(f"{_FORM}soan-moi/", designer.begin, name="form_begin"),
    path(f"{_FORM}cong-bo/", designer.publish, name="form_publish"),
    path(f"{_FORM}bo/", designer.discard, name="form_discard"),
    path(f"{_FORM}<int:number>/", designer.show_version, name="form_version"),
    path(f"{_FORM}<int:number>/tep/", designer.export, name="form_export"),
    path(f"{_FORM}<int:number>/xem-thu/", preview.show_preview, name="form_preview"),
    path(f"{_FORM}<int:number>/dua-ve/", designer.roll_back, name="form_roll_back"),
]
