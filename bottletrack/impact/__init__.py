"""What reuse is worth: pure arithmetic on bottles delivered. No database, no web."""
