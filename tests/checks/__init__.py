"""What `make check` asks besides lint and types; each answers with a list of problems."""
