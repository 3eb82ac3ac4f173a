"""The compiled path: UTF-8 bytes to scores without a Python object per word.

Reads the same character table, affixes, terms and weights as :mod:`wasim.model.vocabulary` and
:mod:`wasim.model.scoring`, which stay the readable specification; tests hold the two equal.

::

    scorer.py        articles in, scores out: what the model calls
    tables.py        the model, laid out
    columns.py       the articles, laid out
    layout.py        what is laid out how
    reading.py  scoring.py    the kernel: bytes to terms, terms to scores
    machine_code.py  compiles the kernel once a machine, and loads it
"""
