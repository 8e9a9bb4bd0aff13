"""Column care (栏目维护): what a site manager adds, orders, renames and closes."""
