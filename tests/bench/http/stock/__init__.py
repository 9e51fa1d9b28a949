"""A Wagtail site as its project template and documentation have it; nothing of the archive is used here."""
