"""Who is on the other side: links, one-time codes, counted attempts."""
