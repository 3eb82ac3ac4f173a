"""A topic of one's own: from seed words and an unlabelled archive to one more column of a model."""
