"""How a model is judged: figures with their intervals, splits that do not leak, reports, drift."""
