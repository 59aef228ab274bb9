"""The debtor's portal, on the tenant's own domain."""
