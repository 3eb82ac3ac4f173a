"""How many threads number libraries may start."""

import os

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def one_thread_each() -> None:
    """Give BLAS and OpenMP one thread; call it before numpy is imported, which reads it then.

    The workers are the parallelism, and more threads would only wait on each other.
    """
    os.environ.update(_ONE_THREAD)
