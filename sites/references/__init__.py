"""References (引用): a published article shown in another column of the same site too, kept in step with the original."""
