"""A local stand-in for Stripe: the real SDK talks to it, its contract is the SDK's own types.

It knows what the product uses (PaymentIntents with Pix and boleto, Checkout Sessions, refunds,
connected accounts), keeps state machines in a file, and sends signed webhooks. Everything it shows
says that it is simulated; production refuses to be configured with it.
"""
