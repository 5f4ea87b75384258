"""For programs: Open311 GeoReport v2, and this module's part of the JSON API."""
