"""Benchmarks: ratios within one run, since machines differ and drift. ``make bench`` runs them."""
