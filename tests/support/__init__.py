"""What tests stand on: a real PostgreSQL and a real Chromium, on any machine."""
