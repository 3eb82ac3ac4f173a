"""Tagging archives: files of articles in, files of topics out."""
