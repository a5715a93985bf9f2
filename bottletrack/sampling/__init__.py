"""Sampling plans after ISO 2859-1: pure arithmetic, no database, no web.

Normal and tightened single plans. Reduced plans are left out: no two independent tables were at hand to prove them by.
"""
