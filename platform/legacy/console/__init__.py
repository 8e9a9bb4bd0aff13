"""The transitions' pages in the Wagtail admin (旧站迁移): views that parse, call and show; no rule of its own."""
