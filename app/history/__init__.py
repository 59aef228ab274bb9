"""What happened between a person and a brand: append-only events, ids only, no personal data."""
