def owned(html: str, target: str) -> str:
    """Say where the events of some markup go, on each element that binds one, unless that, or one
    around it, says so itself: with the value `target` of `live-target`."""
