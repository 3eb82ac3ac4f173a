"""The readers of published formats: a file or folder in, raw articles and bad records out, in their order.

A reader streams. What is no article comes out as a BadRecord, in its place, so that nothing is lost in
silence; only what makes the whole set unreadable (a folder for a file, a missing column) is raised.
"""
