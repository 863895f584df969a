"""Repositories, and what pages show of them."""
