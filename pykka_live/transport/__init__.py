"""How a browser reaches its views: the Channels consumer, its frames and its outgoing queue."""
