def bound(html: str) -> list[tuple[str, int]]:
    """Return the bindings that are written in some markup, without their `@` and in small letters,
    each with where in the markup it stands."""
