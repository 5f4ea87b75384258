"""Property tests count examples, not milliseconds: a busy machine must not fail them; and they leave no files behind."""

from hypothesis import settings

settings.register_profile("patient", deadline=None, database=None)
settings.load_profile("patient")
