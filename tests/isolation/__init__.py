"""The sweep: proof that nobody of one county sees, reaches or changes anything of its neighbour (docs/security.md)."""
