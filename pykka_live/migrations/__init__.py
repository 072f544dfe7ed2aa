"""The migrations of the app, which has no tables."""
