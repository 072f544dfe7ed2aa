class ContextMark:
    """Tells whether a context variable was set since the mark was, without asking their values
    whether they are equal: only one that is the same object is unchanged."""

    def set(self) -> None:
        """Remember the context as it is now."""

    def is_unchanged(self) -> bool:
        """Whether the context is as it was. False before the first `set`."""
