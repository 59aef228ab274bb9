"""Pix, boleto, card: the Stripe gateway; inbound events; settlement."""
