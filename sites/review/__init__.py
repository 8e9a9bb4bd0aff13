"""Review (审核): submit, review, sign, send back, withdraw."""
