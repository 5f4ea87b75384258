"""Property tests count examples, not milliseconds, so a busy machine does not fail them; they leave no database."""

from hypothesis import settings

settings.register_profile("patient", deadline=None, database=None)
settings.load_profile("patient")
