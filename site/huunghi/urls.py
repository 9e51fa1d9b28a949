"""Addresses of the plugin; a site includes them once, at its root."""

app_name = "huunghi"
urlpatterns: list = []
