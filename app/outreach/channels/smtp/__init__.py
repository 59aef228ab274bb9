"""E-mail by SMTP: a few connections side by side, each with its commands pipelined (RFC 2920)."""
