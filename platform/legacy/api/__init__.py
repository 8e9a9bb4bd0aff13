"""The scripts' door of the transitions (HTTP API), at /api/legacy/v1/ on the admin's hosts; door.py holds it together."""
