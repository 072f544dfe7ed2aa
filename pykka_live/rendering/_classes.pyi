class Classes:
    """The classes of what a template has shown, shared by all who render it."""

    def __init__(self) -> None: ...
