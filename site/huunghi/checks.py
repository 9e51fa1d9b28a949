"""System checks of the whole plugin."""
