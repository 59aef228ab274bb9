"""Who: tenants, their domains, keys and files, and the two doors to the database."""
