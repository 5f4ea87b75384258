from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "motcua.kernel.places"
    label = "places"
