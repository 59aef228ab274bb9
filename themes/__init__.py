"""The dress: how a tenant looks and speaks."""
