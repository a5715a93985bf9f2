"""Measurements against bare libraries, printed as ratios."""
