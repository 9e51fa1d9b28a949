"""The admin's pages on which editors import a file: choose it, look at what it would make, confirm."""
