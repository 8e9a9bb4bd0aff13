"""Writing: paste from Word, uploads, numbers, references."""
