"""Members: who holds which role where, since when, until when, and who gave it."""
