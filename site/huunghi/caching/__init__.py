"""Telling proxies which of their kept answers are old.

The setting is Wagtail's, WAGTAILFRONTENDCACHE, and so are the backends that speak to proxies. What changed is learnt
from the feeding of the index, which knows it of every change: a page, a section, a name, a share. So the addresses are
looked up and purged when the index and the API's cards have the change, never in the request of an editor.
"""
