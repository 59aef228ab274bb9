"""The platform's own host: what belongs to no tenant."""
