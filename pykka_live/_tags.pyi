VOID_NAMES: str
"""The elements that never have content."""

BREAKOUT_NAMES: str
"""Those that end foreign content."""

RAW_NAMES: str
"""Those whose content is no markup."""
