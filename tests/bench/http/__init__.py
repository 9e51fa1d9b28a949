"""The API over HTTP, beside a site as Wagtail's documentation has it (`stock`), with the same events."""
