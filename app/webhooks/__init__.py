"""Providers' events, on the platform's host."""
