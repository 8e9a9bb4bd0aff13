"""From the old site's pages to values with evidence and a clean body. Only `extracting` and `storing` know Django."""
