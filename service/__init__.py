"""How a model is asked: HTTP, archives, the ``wasim`` command."""

if __name__ != "wasim.service":
    raise ImportError("import wasim.service: the folder's bare name belongs to no installed package")
