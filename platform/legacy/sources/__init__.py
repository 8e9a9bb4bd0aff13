"""Sources: one small adapter for each form in which an old site is found; all give the same records (records.Record)."""
