"""Labelled packages with code that gcc compiles here, and with real distributions of pip and npm.

Parts of lambda_artifacts.py. Rows are proved by loading them where Python 3.11 or Node of this machine can (proof
`loaded`); what the C library of a runtime's system refuses cannot be shown on another system and rests on the versions
that `readelf` shows in the file (proof `static`).
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import lambda_packages

PYTHON = "python3.11"
EXTENSION = "cpython-311-x86_64-linux-gnu.so"
MODULE = """
#include <Python.h>
%(before)s
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, "fast", 0, -1, 0 };
PyMODINIT_FUNC PyInit_fast(void) { %(body)s return PyModule_Create(&def); }
"""
ADDON = """
#include <node_api.h>
%(before)s
NAPI_MODULE_INIT() { %(body)s return exports; }
"""
HANDLER = "import fast\n\ndef handler(event, context):\n    return 1\n"
ADDON_HANDLER = "require('./fast.node');\nexports.handler = async () => 1;\n"
# The versions of the GNU C library that brought each: arc4random 2.36, pthread_create in libc 2.34, getrandom 2.25.
NEWEST = dict(before="#include <stdlib.h>", body="volatile unsigned x = arc4random(); (void)x;")
THREADS = dict(
    before="#include <pthread.h>\nstatic void *run(void *x) { return x; }",
    body="pthread_t t; pthread_create(&t, 0, run, 0); pthread_join(t, 0);",
)
NOTHING = dict(before="", body="")


class Workshop:
    def __init__(self, folder):
        self.folder = Path(folder)

    def compile(self, text, *flags, compiler="gcc", suffix=".c"):
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        (folder / f"a{suffix}").write_text(text)
        subprocess.run([compiler, "-O1", f"a{suffix}", "-o", "a.out", *flags], cwd=folder, check=True)
        return (folder / "a.out").read_bytes()

    def extension(self, code, *flags):
        include = sysconfig.get_paths()["include"] if sys.version_info[:2] == (3, 11) else "/usr/include/python3.11"
        return self.compile(MODULE % code, "-shared", "-fPIC", f"-I{include}", *flags)

    def addon(self, code):
        node = Path(shutil.which("node")).resolve().parents[1]
        includes = [folder for folder in (node / "include/node", Path("/usr/include/node")) if folder.is_dir()]
        return self.compile(ADDON % code, "-shared", "-fPIC", *(f"-I{folder}" for folder in includes))

    def versions(self, binary, prefix="GLIBC_"):
        path = self.folder / "versions.bin"
        path.write_bytes(binary)
        said = subprocess.run(["readelf", "-V", "--wide", path], capture_output=True, text=True).stdout
        found = {tuple(map(int, number.split("."))) for number in re.findall(prefix + r"([0-9.]+)", said)}
        return max(found, default=())


def unpack(b, name):
    folder = Path(tempfile.mkdtemp(dir=b.out))
    shutil.unpack_archive(b.out / "zips" / f"{name}.zip", folder)
    return folder


def loads(b, name, handler="app.handler"):
    """Whether the package really loads here, and the last line that was said."""
    folder = unpack(b, name)
    if handler.startswith("index."):
        command = ["node", "-e", f"require({str(folder / 'index.js')!r}).handler().then(() => console.log('OK'))"]
    else:
        command = lambda_packages.python_command(PYTHON, folder, "", b.out / "cache", handler)
    done = subprocess.run(command, capture_output=True, text=True)
    shutil.rmtree(folder)
    said = (done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or ["-"])[-1]
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    return said.startswith("OK"), (errors or [said])[-1]


def proved(b, name, status, kind, rule, runtime, handler="app.handler", fits=None):
    """A row whose label is proved by loading it; `good` and `warn` rows must load, `broken` ones must not."""
    good, said = loads(b, name, handler)
    fits = good == (status != "broken") if fits is None else fits(good)
    b.row(name, status, kind, rule, runtime, handler, "loaded" if fits else "mismatch", message=re.sub(r"/\S*/", "", said)[:120])


def damaged(b):
    if not shutil.which("gcc"):
        print("no gcc: rows of compiled code are left out", file=sys.stderr)
        return
    rule = "lambda/damaged-binary"
    with tempfile.TemporaryDirectory() as scratch:
        shop = Workshop(scratch)
        whole, addon = shop.extension(NOTHING), shop.addon(NOTHING)
        pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
        for name, status, content in (
            ("o-elf-good", "good", whole),
            ("o-elf-stripped", "good", shop.extension(NOTHING, "-s")),
            ("o-elf-x-half", "broken", whole[: len(whole) // 2]),
            ("o-elf-x-head", "broken", whole[:40]),
            ("o-elf-x-empty", "broken", b""),
            ("o-elf-x-pointer", "broken", pointer),
        ):
            b.zip(name, {"app.py": HANDLER, f"fast.{EXTENSION}": content})
            proved(b, name, status, "damaged" if status == "broken" else "good", rule if status == "broken" else "-", "python3.11")
        for name, status, content in (("o-addon-good", "good", addon), ("o-addon-x-half", "broken", addon[: len(addon) // 2])):
            b.zip(name, {"index.js": ADDON_HANDLER, "fast.node": content})
            proved(b, name, status, "damaged" if status == "broken" else "good", rule if status == "broken" else "-", "nodejs20.x", "index.handler")


def versions(b):
    if not (shutil.which("gcc") and shutil.which("readelf")):
        return
    rule = "lambda/glibc-too-new"
    with tempfile.TemporaryDirectory() as scratch:
        shop = Workshop(scratch)
        newest, threads, plain = (shop.extension(code) for code in (NEWEST, THREADS, NOTHING))
        helper = shop.compile("#include <stdlib.h>\nint helper(void) { return (int)arc4random(); }", "-shared", "-fPIC", "-Wl,-soname,libhelper.so.1")
        (shop.folder / "libhelper.so").write_bytes(helper)
        by_helper = shop.extension(dict(before="extern int helper(void);", body="helper();"), f"-L{scratch}", "-lhelper", "-Wl,-rpath,$ORIGIN/lib")
        program = shop.compile("#include <stdlib.h>\nint main(void) { return (int)arc4random(); }")
        older = shop.compile("#include <stdio.h>\nint main(void) { puts(\"x\"); return 0; }")
        fixed = shop.compile("int main(void) { return 0; }", "-static")
        plus = "#include <condition_variable>\n#include <mutex>\nint main() { std::mutex m; std::condition_variable c; std::unique_lock<std::mutex> l(m); c.wait(l); }"
        cxx = shop.compile(plus, compiler="g++", suffix=".cc")
        python = lambda number, content, **more: ({"app.py": HANDLER, f"fast.cpython-{number}-x86_64-linux-gnu.so": content, **more}, f"python3.{str(number)[1:]}", "app.handler")
        node = lambda content, runtime: ({"index.js": ADDON_HANDLER, "fast.node": content}, runtime, "index.handler")
        provided = lambda content, runtime: ({"bootstrap": content}, runtime, "x")
        for name, status, ask, (files, runtime, handler), binary in (
            ("o-glibc-good", "good", (2, 34), python(311, plain), plain),
            ("o-glibc-threads-2023", "good", (2, 34), python(312, threads), threads),
            ("o-glibc-x-threads-al2", "broken", (2, 26), python(311, threads), threads),
            ("o-glibc-x-newest-2023", "broken", (2, 34), python(312, newest), newest),
            ("o-glibc-x-helper", "broken", (2, 34), python(312, by_helper, **{"lib/libhelper.so.1": helper}), helper),
            ("o-glibc-x-addon-al2", "broken", (2, 26), node(shop.addon(THREADS), "nodejs18.x"), threads),
            ("o-glibc-addon-2023", "good", (2, 34), node(shop.addon(THREADS), "nodejs22.x"), threads),
            ("o-glibc-x-program", "broken", (2, 34), provided(program, "provided.al2023"), program),
            ("o-glibc-x-program-al2", "broken", (2, 26), provided(older, "provided.al2"), older),
            ("o-glibc-program-2023", "good", (2, 34), provided(older, "provided.al2023"), older),
            ("o-glibc-program-static", "good", (2, 26), provided(fixed, "provided.al2"), fixed),
        ):
            needed = shop.versions(binary)
            fits = (needed > ask) == (status == "broken")
            b.zip(name, files, modes={"bootstrap": 0o100755})
            kind = "glibc" if status == "broken" else "good"
            b.row(name, status, kind, rule if status == "broken" else "-", runtime, handler, "static" if fits else "mismatch",
                  note=f"needs GLIBC_{'.'.join(map(str, needed))}, the system has {ask[0]}.{ask[1]}")
        needed = shop.versions(cxx, "GLIBCXX_")
        for name, status, runtime in (("o-cxx-x-al2", "broken", "provided.al2"), ("o-cxx-2023", "warn", "provided.al2023")):
            b.zip(name, {"bootstrap": cxx}, modes={"bootstrap": 0o100755})
            fits = needed == (3, 4, 30)
            b.row(name, status, "glibc", rule, runtime, "x", "static" if fits else "mismatch", note=f"needs GLIBCXX_{'.'.join(map(str, needed))}")


def metadata(b):
    """Distributions that load, and are for another version, ask for another version, or lack a requirement."""
    def python(files):
        return {"app.py": "import one\n\ndef handler(event, context):\n    return 1\n", "one/__init__.py": "", **files}

    def distribution(name, version, *fields):
        text = "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *fields]) + "\n"
        return {f"{name}-{version}.dist-info/METADATA": text, f"{name}-{version}.dist-info/RECORD": f"{name}/__init__.py,,\n"}

    two = {"two/__init__.py": "", **distribution("two", "1.0")}
    asks = lambda what: distribution("one", "3.1", f"Requires-Dist: {what}")
    engines = lambda name, range_: {f"node_modules/{name}/package.json": f'{{"name":"{name}","version":"1.0.0","engines":{{"node":"{range_}"}}}}', f"node_modules/{name}/index.js": ""}
    index = lambda name: {"index.js": f"require('{name}');\nexports.handler = async () => 1;\n"}
    rows = [
        ("o-engine-py", "warn", "engine-mismatch", python(distribution("one", "3.1", "Requires-Python: >=3.12")), "python3.11"),
        ("o-engine-py-upper", "warn", "engine-mismatch", python(distribution("one", "3.1", "Requires-Python: >=3.6,<3.11")), "python3.11"),
        ("o-engine-py-good", "good", None, python(distribution("one", "3.1", "Requires-Python: >=3.8,!=3.9.*")), "python3.11"),
        ("o-engine-node", "warn", "engine-mismatch", {**index("a"), **engines("a", ">=22")}, "nodejs20.x"),
        ("o-engine-node-old", "warn", "engine-mismatch", {**index("@s/a"), **engines("@s/a", "^14 || ^16 || 18.x")}, "nodejs20.x"),
        ("o-engine-node-good", "good", None, {**index("a"), **engines("a", "^18.17 || >= 20.3.0")}, "nodejs20.x"),
        ("o-version", "warn", "version-mismatch", python({**asks("two>=2"), **two}), "python3.11"),
        ("o-version-pin", "warn", "version-mismatch", python({**asks("two==1.0.1"), **two}), "python3.11"),
        ("o-version-range", "warn", "version-mismatch", python({**asks("two (<1.0,>=0.3)"), **two}), "python3.11"),
        ("o-version-marker", "good", None, python({**asks('two>=2; python_version < "3.8"'), **two}), "python3.11"),
        ("o-version-good", "good", None, python({**asks("Two~=1.0"), **two}), "python3.11"),
        ("o-missing", "warn", "missing-requirement", python(asks("two")), "python3.11"),
        ("o-missing-range", "warn", "missing-requirement", python(asks("two-parts[fast]>=1 ; sys_platform == 'linux'")), "python3.11"),
        ("o-missing-second", "warn", "missing-requirement", {**python({**asks("two"), **two}), **distribution("two", "1.0", "Requires-Dist: three"), "one/__init__.py": "import two\n"}, "python3.11"),
        ("o-missing-extra", "good", None, python(asks("two; extra == 'all'")), "python3.11"),
        ("o-missing-platform", "good", None, python(asks("colorama; sys_platform == 'win32'")), "python3.11"),
    ]
    for name, status, rule, files, runtime in rows:
        b.zip(name, files)
        handler = "index.handler" if "index.js" in files else "app.handler"
        proved(b, name, status, rule or "good", f"lambda/{rule}" if rule else "-", runtime, handler)


PARTS = (damaged, versions, metadata)
