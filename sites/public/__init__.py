"""The public side of a sub-site: what a page needs is prepared here, and the templates only place it."""
