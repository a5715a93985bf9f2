"""Tests, in the same rooms as the packages they test."""
