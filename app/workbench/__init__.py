"""Development only: gallery, local outbox, Stripe twin, AWS peer, demo creditors and files."""
