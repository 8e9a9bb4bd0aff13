"""The operator's console (平台管理) in the Wagtail admin: views that parse, call and show; no rule of its own."""
