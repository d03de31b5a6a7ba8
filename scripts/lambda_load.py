"""Loads and calls a Python handler as the runtime's interface client does, and prints what came of it.

    python3.X -I -S lambda_load.py ROOTS OTHERS CACHE HANDLER

ROOTS   folders before the standard library (package, layers), colons between them
OTHERS  folders behind it (what the runtime brings), colons between them
CACHE   where compiled code is kept, so that loading the same files again is quick; nothing is written into ROOTS

The last line begins with OK, LOAD (it does not start: why) or INVOKE (it starts, the call fails: why). A restatement
of awslambdaric/bootstrap.py (github.com/aws/aws-lambda-python-runtime-interface-client).
"""

import importlib
import sys


def main():
    roots, others, cache, handler = sys.argv[1:5]
    sys.path[:] = roots.split(":") + sys.path + [folder for folder in others.split(":") if folder]
    sys.pycache_prefix = cache
    try:
        module_name, function_name = handler.rsplit(".", 1)
        if module_name.split(".")[0] in sys.builtin_module_names:
            return "LOAD", f"Cannot use built-in module {module_name} as a handler module"
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        return "LOAD", f"Unable to import module '{module_name}': {error}"
    except SyntaxError as error:
        return "LOAD", f"Syntax error in module '{module_name}': {error}"
    except BaseException as error:
        return "LOAD", f"{type(error).__name__}: {error}"
    if not hasattr(module, function_name):
        return "LOAD", f"Handler '{function_name}' missing on module '{module_name}'"
    try:
        return "OK", repr(getattr(module, function_name)({}, None))
    except BaseException as error:
        return "INVOKE", f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    kind, text = main()
    print(kind, text.replace("\n", " ")[:300])
