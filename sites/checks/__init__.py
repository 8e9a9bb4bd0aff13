"""Checks before submitting: words, names, personal data, links, pictures, files."""
