"""Which of two models is better: measured on the same articles, with a verdict that a gate can use."""
