"""Warnings of one office told together: one message a window, however many reports."""
