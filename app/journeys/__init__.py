"""The next contact for each person: the first, simple journey."""
