"""Labels are proven on paper's own terms: rendered at a printer's resolution and read by another decoder."""
