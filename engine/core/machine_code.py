"""Machine code of kernels kept on disk, and loaded again without the compiler.

numba's own cache needs numba to be read: its import and its type system are a third of a second and 50 MB in every
process that only wants to call a dozen compiled loops. What they need to run is less: the object code, LLVM's linker
(llvmlite) and the C extensions of numba that turn arguments into numbers and arrays. This module links them by hand,
on the platform and with the version of numba that the tests run on; everywhere else, and whenever anything is not as
expected, ``loader`` is None or ``load`` answers None, and numba does all by itself (``engine.core.jit``).

A file is a line of JSON (names in the code, what it links to, digest) and then the object code.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

FORMAT: Final = 2
"""Of the files: goes up with every change to their first line."""
KNOWN: Final = ('"version": "0.68.',)
"""Versions of numba whose object code is known to be linked rightly here."""


class Loader:
    """Links object code into this process."""

    def __init__(self, numba: Path, version: str) -> None:
        import llvmlite.binding as llvm

        self._llvm = llvm
        self._dynfunc = _extension(numba, "numba._dynfunc")
        helpers = _extension(numba, "numba._helperlib")
        runtime = _extension(numba, "numba.core.runtime._nrt_python")
        for library, prefix in ((helpers, "numba_"), (self._dynfunc, "numba_"), (runtime, "NRT_")):
            for name, address in library.c_helpers.items():
                llvm.add_symbol(name if name.startswith("_") else prefix + name, address)
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        triple = llvm.get_process_triple()
        machine = llvm.Target.from_triple(triple).create_target_machine(reloc="static", codemodel="jitdefault", jit=True)
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(f'target triple = "{triple}"'), machine)
        self._kept: list[Any] = []
        cpu = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
        features = os.environ.get("NUMBA_CPU_FEATURES") or llvm.get_host_cpu_features().flatten()
        self.machine = f"{FORMAT} {version} {sys.version} {cpu} {features}"
        """What object code depends on besides its source."""

    def load(self, path: Path) -> Callable[..., Any] | None:
        """The function of a file, or None if there is none or it cannot be linked."""
        try:
            line, _, code = path.read_bytes().partition(b"\n")
            head = json.loads(line)
            whole = head["digest"] == _digest(code)
            linked = all(self._llvm.address_of_symbol(name) for name in head["needs"])
            named, own = dict(head["environments"]), head["own"]
            known = head["format"] == FORMAT
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not (whole and linked and known):
            return None
        self._engine.add_object_file(self._llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        module = ModuleType(head["module"])
        environments = {}
        for name, types in named.items():
            environments[name] = environment = self._dynfunc.Environment(module.__dict__)
            environment.consts.extend(np.dtype(each) for each in types)
            address = self._engine.get_global_value_address(name)
            if address:
                ctypes.c_void_p.from_address(address).value = id(environment)
        address, environment = self._engine.get_function_address(head["entry"]), environments[own]
        self._kept += [module, environments]
        made: Callable[..., Any] = self._dynfunc.make_function(
            module, head["name"], "a compiled kernel", address, environment, (self._engine,)
        )
        return made


def store(path: Path, result: Any) -> None:
    """Keep what numba compiled (its ``CompileResult``), if it can be linked without it; failing to is no matter."""
    (_, kind, parts), description, environment, *_, initialisers, environments = result._reduce()
    if kind != "object" or initialisers or result.lifted or result.library.has_dynamic_globals:
        return
    constants = {each.env_name: each.consts for each in (environment, *environments)}
    if not all(type(constant).__module__.startswith("numpy.dtypes") for each in constants.values() for constant in each):
        return
    code = parts[0]
    module = result.library._final_module
    head = {
        "format": FORMAT, "digest": _digest(code), "module": description.modname, "name": description.qualname,
        "entry": description.llvm_cpython_wrapper_name,
        "own": environment.env_name,
        "environments": {name: [each.str for each in found] for name, found in sorted(constants.items())},
        "needs": sorted(
            f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")
        ),
    }  # fmt: skip
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_bytes(json.dumps(head).encode() + b"\n" + code)
        part.replace(path)
        family = path.name.rpartition("-")[0]
        for old in path.parent.glob(f"{family}-*"):  # of an earlier source
            if old != path and old.suffix == path.suffix:
                old.unlink(missing_ok=True)


def _digest(code: bytes) -> str:
    return hashlib.blake2b(code, digest_size=16).hexdigest()


_FAULTS: Final = (ImportError, OSError, AttributeError, IndexError, RuntimeError, TypeError)
"""What comes of a numba that is not as expected."""


@cache
def loader() -> Loader | None:
    """The linker of this process; None where numba has to do everything itself."""
    try:
        found = _known_numba()
        return Loader(*found) if found else None
    except _FAULTS:
        return None


@cache
def fingerprint() -> Callable[[tuple[Any, ...]], bytes] | None:
    """numba's own function that tells arguments of different types apart, in C; None where ``loader`` is."""
    try:
        found = _known_numba()
        return _fingerprint(found[0]) if found else None
    except _FAULTS:
        return None


def _known_numba() -> tuple[Path, str] | None:
    """Folder and version text of a numba that can be done without, on a platform where that has been tried."""
    if sys.platform != "linux" or platform.machine() != "x86_64" or sys.implementation.name != "cpython":
        return None
    spec = find_spec("numba")
    places: Sequence[str] = (spec.submodule_search_locations or []) if spec else []
    numba = Path(places[0])
    version = (numba / "_version.py").read_text()
    return (numba, version) if any(known in version for known in KNOWN) else None


def _fingerprint(numba: Path) -> Callable[[tuple[Any, ...]], bytes]:
    """The extension asks for its neighbour in the package, so for a moment there is a package with that alone.

    It wants to know numba's codes of numbers before it looks at an array; a fingerprint does without them, and numba
    tells the real ones when it is imported.
    """
    asked, neighbour = "numba._dispatcher", "numba._devicearray"
    before = {name: sys.modules.get(name) for name in ("numba", asked, neighbour)}
    if before["numba"] is None:
        package = ModuleType("numba")
        package.__dict__["_devicearray"] = _extension(numba, neighbour)
        sys.modules["numba"] = package
    try:
        dispatcher = _extension(numba, asked)
        if before["numba"] is None:
            dispatcher.typeof_init(_NoArgument, dict.fromkeys(_NUMBERS, 0))
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
    found: Callable[[tuple[Any, ...]], bytes] = dispatcher.compute_fingerprint
    return found


class _NoArgument:
    """Stands for numba's mark of an argument left out, which no call of ours has."""


_NUMBERS: Final = (
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64",
    "complex128",
)  # fmt: skip


def _extension(numba: Path, name: str) -> Any:
    """A C extension of numba, loaded without the package around it (which stays to be imported as usual)."""
    if name in sys.modules:
        return sys.modules[name]
    stem = numba.joinpath(*name.split(".")[1:])
    for suffix in EXTENSION_SUFFIXES:
        path = stem.with_name(stem.name + suffix)
        if path.exists():
            spec = spec_from_file_location(name, path)
            if spec is None or spec.loader is None:
                break
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    raise ImportError(f"no extension {name} below {numba}")
