"""Connects signals to the plain functions that do the work."""


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
