"""Property tests here are the same on every run, and take the time that a busy machine needs."""

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
