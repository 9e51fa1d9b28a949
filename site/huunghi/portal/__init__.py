"""The part of the site for readers of partners: what is shared with them, in their language."""
