"""The pages of the account: the entrance, the person's own pages, and what managers and operators see."""
