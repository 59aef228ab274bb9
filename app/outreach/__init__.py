"""Messages outbox, channels, links, delivery events."""
