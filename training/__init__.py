"""How a model is made and judged: corpus, fit, thresholds, evaluation."""

if __name__ != "wasim.training":
    raise ImportError("import wasim.training: the folder's bare name belongs to no installed package")
