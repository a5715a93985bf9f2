"""Sampling after ISO 2859-1, against tables that two other programs print alike."""
