"""For programs: this module's part of the JSON API."""
