"""Live pages over real WebSockets: ours, its peers, and the ceilings, one server process each."""
