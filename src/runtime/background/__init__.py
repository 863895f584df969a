"""The work that a process does beside answering; no fault of one piece stops another.

What one process does at a time holds a lease (``leased``); actions are claimed one by one instead.
"""
