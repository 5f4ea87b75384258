from django.urls import path

from motcua.kernel.forms.views import places

urlpatterns = [
    path("bieu-mau/noi-o/", places.find, name="form_places"),
]
