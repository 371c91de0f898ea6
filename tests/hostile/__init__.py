"""Hostile input, made by code: no dangerous file lies in this repository."""
