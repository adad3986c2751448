"""The one decorator through which numba enters; ``DEEPBATTLE_JIT=0`` runs the same code as plain Python.

Kernels use integers freely and floats with + - * / sqrt only, fastmath off, so both ways give the same bits. A kernel
is compiled for the types it is called with, once on a machine; afterwards its machine code is read from a file
(``machine_code``), and numba is imported only by whoever still has something to compile.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Hashable
from functools import cache, update_wrapper
from pathlib import Path
from types import FunctionType
from typing import Any, Final, TypeVar, cast

import numpy as np

from engine.core import machine_code

_F = TypeVar("_F", bound=Callable[..., Any])

ENABLED = os.environ.get("DEEPBATTLE_JIT", "1") != "0"


_C, _FORTRAN, _ALIGNED, _WRITEABLE = 0x1, 0x2, 0x100, 0x400
_FORM = tuple(n & (_C | _ALIGNED | _WRITEABLE) if n & _C else n & (_FORTRAN | _ALIGNED | _WRITEABLE) for n in range(4096))
"""What of numpy's flags of an array the compiler looks at: an array of one row is as good as any other. With the
dimensions and the number of its type (arrays are in the machine's own byte order) that is all there is to know.
"""


def cache_folder() -> Path:
    """Where compiled kernels live when the source folder cannot be written."""
    base = os.environ.get("DEEPBATTLE_HOME") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "deepbattle" / "kernels"


@cache
def kernel_folder() -> Path:
    """Where compiled kernels live."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"])
    beside = Path(__file__).parent
    return beside / "__pycache__" if os.access(beside, os.W_OK) else cache_folder()


def jit(function: _F) -> _F:
    """Compile on first call and keep the machine code on disk."""
    return cast(_F, caller(Kernel(cast(FunctionType, function)))) if ENABLED else function


def caller(kernel: Kernel) -> Callable[..., Any]:
    """A plain function that calls a kernel: an object with ``__call__`` costs half a microsecond more each time."""
    known: dict[Hashable, Callable[..., Any]] = {}
    find, kinds_of = known.get, machine_code.fingerprint() or _types

    def call(*args: Any) -> Any:
        try:
            kinds = kinds_of(args)
        except NotImplementedError:  # a member of an enumeration: a kernel of its own, as for any other type
            kinds = _types(args)
        ready = find(kinds)
        if ready is None:
            ready = known[kinds] = kernel.ready(args)
        return ready(*args)

    vars(call)[_OF] = kernel
    return update_wrapper(call, kernel.function)


_OF: Final = "kernel"
"""Under this name a caller holds its kernel."""


def _types(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The types of arguments, as the compiler sees them."""
    return tuple([
        _FORM[a.flags.num] | a.ndim << 12 | a.dtype.num << 16 if type(a) is np.ndarray else type(a) for a in args
    ])  # fmt: skip


class Kernel:
    """A function that is compiled for each combination of types it is called with."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self._ready: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def ready(self, args: tuple[Any, ...]) -> Callable[..., Any]:
        """What runs for arguments of these types."""
        types = _types(args)
        found = self._ready.get(types)
        if found is None:
            found = self._ready[types] = self._made_ready(types, args)
        return found

    def _made_ready(self, types: tuple[Any, ...], args: tuple[Any, ...]) -> Callable[..., Any]:
        linker = machine_code.loader()
        if linker is None:
            return cast(Callable[..., Any], self.dispatcher)
        path = self._file(types, linker.machine)
        known = linker.load(path)
        if known is not None:
            return known
        dispatcher = self.dispatcher
        signature = tuple(dispatcher.typeof_pyval(a) for a in args)
        if signature not in dispatcher.overloads:
            dispatcher.compile(signature)
        compiled = dispatcher.overloads[signature]
        machine_code.store(path, compiled)
        return cast(Callable[..., Any], compiled.entry_point)

    @property
    def dispatcher(self) -> Any:
        """numba's own form of this kernel, which other kernels call."""
        made = self.__dict__.get("_dispatcher")
        if made is None:
            if not os.access(Path(__file__).parent, os.W_OK):
                os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))
            of = self.function
            its = {**of.__globals__, **{name: other.dispatcher for name, other in self._called().items()}}
            twin = FunctionType(of.__code__, its, of.__name__, of.__defaults__, of.__closure__)
            twin.__module__, twin.__qualname__ = of.__module__, of.__qualname__
            alone = machine_code.loader() is None
            made = _numba().njit(cache=alone, fastmath=False, nogil=True)(twin)
            self.__dict__["_dispatcher"] = made
        return made

    def _file(self, types: tuple[Any, ...], machine: str) -> Path:
        """Where the machine code for these types is kept."""
        who = f"{self.function.__module__}.{self.__name__}"
        form = hashlib.blake2b(f"{types} {machine}".encode(), digest_size=6).hexdigest()
        source = hashlib.blake2b("".join(sorted(self._sources())).encode(), digest_size=8).hexdigest()
        return kernel_folder() / f"{who}.{form}-{source}.kernel"

    def _sources(self) -> set[str]:
        """Digests of the files that this kernel and the kernels it calls are written in, and constants from others."""
        around = self.function.__globals__
        constants = {name: around.get(name) for name in self.function.__code__.co_names}
        found = {f"{name}={value!r}" for name, value in constants.items() if isinstance(value, (int, float, tuple))}
        found.add(_digest_of(self.function.__code__.co_filename))
        return found.union(*(other._sources() for other in self._called().values()))

    def _called(self) -> dict[str, Kernel]:
        """Other kernels that this one calls, by the names it has for them."""
        around = self.function.__globals__
        named = {name: getattr(around.get(name), _OF, None) for name in self.function.__code__.co_names}
        return {name: other for name, other in named.items() if isinstance(other, Kernel) and other is not self}


@cache
def _digest_of(path: str) -> str:
    return hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()


@cache
def _numba() -> Any:
    """numba without scipy, which it would import for the linear algebra that no kernel of ours does: a fifth of a
    second at every start.
    """
    hidden = "scipy" not in sys.modules
    if hidden:
        sys.modules["scipy"] = None  # type: ignore[assignment]
    try:
        import numba
        import numba.np.arraymath
        import numba.np.linalg
    finally:
        if hidden:
            del sys.modules["scipy"]
    return numba
