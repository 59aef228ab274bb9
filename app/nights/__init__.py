"""The engine over the house's database: a night folded, planned, written, explained, replayed."""
