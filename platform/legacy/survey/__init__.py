"""Survey (调研): what an old site consists of, before anything is moved. Figures, families, columns, and a report."""
