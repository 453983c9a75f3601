"""Attempts at sending: what is due is claimed, dealt to providers by their health, and its results are filed."""
