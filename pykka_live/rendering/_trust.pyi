from pykka_live.rendering.reads import Reads

class Trust:
    """What has to be so that something can be relied on: that evaluated once more, of the same, it
    gives the same."""

    def __init__(self, reads: Reads) -> None: ...
