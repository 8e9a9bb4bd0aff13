"""Measurements of what the platform promises to be fast at: python -m bench (make bench)."""
