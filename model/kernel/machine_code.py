"""The kernel as machine code: compiled by numba once a machine, kept as an object file, loaded without numba.

Importing numba takes several times as long as loading a model, and reading its own cache as long again; what
it makes is 27 kB. So each entry is compiled for bare pointers, the object file goes into a cache, and llvmlite
alone loads it.
"""

import ctypes
import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import llvmlite
import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from wasim.model.durable import file_that_appears_whole
from wasim.model.kernel import layout
from wasim.model.kernel.layout import ENTRIES

_FOLDER = Path(__file__).parent
SOURCES = ("layout.py", "reading.py", "scoring.py")
_DIGEST_BYTES = hashlib.sha256().digest_size
_LIBRARY_CALLS = {"log", "sqrt"}  # all that the code may ask of the outside: the C library's mathematics

Addressed = tuple[int | float, ...]


class KernelUnavailableError(ImportError):
    """The kernel can't be compiled or loaded here; the plain path goes on."""


class Kernel:
    """The kernel's entries, ready to call; each lets go of the interpreter while it runs."""

    def __init__(self, compiled: bytes) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(compiled))
        self._engine.finalize_object()
        self.fill_slots = self._entry("fill_slots")
        self.score_articles = self._entry("score_articles")

    def _entry(self, name: str) -> Callable[..., None]:
        kinds = [_CTYPES.get(hint, ctypes.c_void_p) for layout_type in ENTRIES[name] for hint in _fields(layout_type)]
        # numba's convention: where a result and an exception would go, then every field of every argument.
        prototype = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *kinds)
        address = self._engine.get_function_address(name)
        if not address:
            raise KernelUnavailableError(f"the compiled kernel has no {name} on this platform")
        function = prototype(address)
        unused = ctypes.create_string_buffer(16)
        nowhere = ctypes.addressof(unused)

        def call(*arguments: Addressed, _keep: object = unused) -> None:
            function(nowhere, nowhere, *(value for argument in arguments for value in argument))

        return call


def addressed(arguments: NamedTuple) -> Addressed:
    """Turn arrays into their addresses; keep them alive while these are used."""
    return tuple(_address(value) if isinstance(value, np.ndarray) else value for value in arguments)


def _address(array: NDArray[Any]) -> int:
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # a quarter of what numpy's own answer takes
    except (TypeError, ValueError):  # read-only, or empty
        return int(array.__array_interface__["data"][0])


@cache
def load_kernel() -> Kernel:
    """Load the kernel; one serves every model of the process.

    Raises
    ------
    ImportError
        When it has to be compiled, and numba is not installed; KernelUnavailableError where it can't be.
    """
    user = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Kernel(object_file([_FOLDER / "__pycache__", user / "wasim"]))


def object_file(caches: Sequence[Path]) -> bytes:
    """Find the kernel's object file in a cache, or compile it, which takes some seconds.

    Parameters
    ----------
    caches
        Folders to look in; the first that can be written keeps what was compiled. Where none can, as on a
        read-only disk, it is compiled at each start.
    """
    name = f"kernel-{_key()}.o"
    for folder in caches:
        if (found := _read_checked(folder / name)) is not None:
            return found
    compiled = compile_kernel()
    for folder in caches:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with file_that_appears_whole(folder / name) as file:
                file.write(hashlib.sha256(compiled).digest() + compiled)
        except OSError:
            continue
        break
    return compiled


def compile_kernel() -> bytes:
    """Compile every entry into one object file."""
    from numba import types  # noqa: PLC0415  slow to import, and only needed the first time on a machine

    from wasim.model.kernel import scoring  # noqa: PLC0415

    kinds: dict[Any, Any] = {
        int: types.int64,
        float: types.float64,
        layout.Bytes: types.CPointer(types.uint8),
        layout.Numbers: types.CPointer(types.int32),
        layout.Integers: types.CPointer(types.int64),
        layout.Words: types.CPointer(types.uint64),
        layout.Singles: types.CPointer(types.float32),
        layout.Floats: types.CPointer(types.float64),
    }
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    whole = llvm.parse_assembly("")
    for name, parameters in ENTRIES.items():
        dispatcher = getattr(scoring, name)
        signature = types.void(
            *(types.NamedTuple([kinds[hint] for hint in _fields(parameter)], parameter) for parameter in parameters)
        )
        dispatcher.compile(signature)
        [overload] = dispatcher.overloads.values()
        part = llvm.parse_assembly(overload.library.get_llvm_str())
        part.get_function(overload.fndesc.mangled_name).name = name
        whole.link_in(part)
    asked = {function.name for function in whole.functions if function.is_declaration}
    if unknown := {name for name in asked if not name.startswith("llvm.")} - _LIBRARY_CALLS:
        raise KernelUnavailableError(f"this numba's code asks for {', '.join(sorted(unknown))}, which numba alone has")
    return bytes(_target_machine().emit_object(whole))


def _fields(layout_type: type) -> list[Any]:
    return list(get_type_hints(layout_type).values())


_CTYPES: dict[Any, Any] = {int: ctypes.c_int64, float: ctypes.c_double}


def _target_machine() -> llvm.TargetMachine:
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, codemodel="jitdefault"
    )


def _key() -> str:
    """Name what decides the object file: the sources, what compiles them, and the processor."""
    digest = hashlib.sha256()
    for source in SOURCES:
        digest.update((_FOLDER / source).read_bytes())
    processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
    digest.update(f"{llvmlite.__version__} {llvm.get_process_triple()} {processor}".encode())
    return digest.hexdigest()[:16]


def _read_checked(path: Path) -> bytes | None:
    """Read an object file; a damaged one, which could crash the process, is as good as none."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, compiled = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    return compiled if hashlib.sha256(compiled).digest() == digest else None
