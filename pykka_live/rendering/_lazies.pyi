class Lazies:
    """The lazy objects that a page shows."""
