"""The perimeter (门): every view of the admin and the APIs has a verdict; what has none is closed."""
