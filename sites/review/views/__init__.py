"""The pages of the review in the admin."""
