from django.apps import AppConfig


class GeocoderConfig(AppConfig):
    name = "motcua.connectors.geocoder"
    label = "geocoder"

    def ready(self) -> None:
        from motcua.connectors.geocoder.actions import HttpGeocoder
        from motcua.kernel.places.ports import register_geocoder

        register_geocoder(HttpGeocoder())
