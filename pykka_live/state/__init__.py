"""Snapshots of a view's state, and where pages leave theirs for the socket that follows."""
