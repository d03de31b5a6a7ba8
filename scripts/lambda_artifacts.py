#!/usr/bin/env python3
"""Builds labelled Lambda packages for rules that no other labelled set covers.

    scripts/lambda_artifacts.py OUT
    scripts/lambda_confusion.py OUT --binary target/release/deploylint --verbose

Writes OUT/zips/NAME.zip and OUT/manifest.tsv (lambda_packages.py). Java rows are
compiled with `javac` and proved with `java` where both are at hand (proof `loaded`: the class was loaded and its
method found, or not, as the label says); without them they are left out. Other rows are proved by the platform's
published limits and dates (proof `static`).
"""

import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import compiled_artifacts
import lambda_packages

JS = "exports.handler = async () => 1;\n"
PY = "def handler(event, context):\n    return 1\n"
PROBE = """
public class Probe {
  public static void main(String[] a) throws Exception {
    Class<?> c = Class.forName(a[0]);
    for (java.lang.reflect.Method m : c.getMethods()) if (m.getName().equals(a[1])) { System.out.println("OK"); return; }
    System.out.println("NO METHOD");
  }
}
"""


class Builder:
    def __init__(self, out):
        self.out = lambda_packages.prepare(out)
        self.rows = []

    def zip(self, name, files, modes={}):
        path = self.out / "zips" / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in files.items():
                info = zipfile.ZipInfo(member, (2020, 1, 1, 0, 0, 0))
                info.external_attr = modes.get(member, 0o100644) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(info, "w", force_zip64=True) as member_file:
                    if isinstance(content, int):
                        chunk = bytes(1 << 20)
                        for start in range(0, content, len(chunk)):
                            member_file.write(chunk[: min(len(chunk), content - start)])
                    else:
                        member_file.write(content.encode() if isinstance(content, str) else content)
        return path

    def row(self, name, status, kind, rule="-", runtime="nodejs24.x", handler="index.handler", proof="static", **more):
        labels = {"status": status, "class": kind, "id": rule, "proof": proof}
        self.rows.append(lambda_packages.row_of(name, runtime, handler, **labels, **more))


def bombs(b):
    rule = "lambda/zip-bomb"
    b.zip("o-bomb-zeros", {"index.js": JS, "core": 1_000_000_000})
    b.row("o-bomb-zeros", "broken", "bomb", rule)
    b.zip("o-bomb-many", {"index.js": JS, **{f"data/{n}.bin": 30_000_000 for n in range(12)}})
    b.row("o-bomb-many", "broken", "bomb", rule)
    # Records that name one member (D. Fifield, "A better zip bomb").
    content = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = content.compress(bytes(10_000_000)) + content.flush()
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, zlib.crc32(bytes(10_000_000)), len(stream), 10_000_000, 1, 0)
    local = b"PK\x03\x04" + head + b"a" + stream
    records = b"".join(
        b"PK\x01\x02\x14\x03" + head + bytes(6) + struct.pack("<II", 0o100644 << 16, 0) + bytes([97 + n]) for n in range(20)
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 20, 20, len(records), len(local), 0)
    (b.out / "zips" / "o-bomb-overlapping.zip").write_bytes(local + records + end)
    b.row("o-bomb-overlapping", "broken", "bomb", rule)
    b.zip("o-bomb-not", {"index.js": JS, "model.bin": 100_000_000})
    b.row("o-bomb-not", "good", "good")


def layers(b):
    names = []
    for number in range(7):
        name = f"o-layer{number}"
        b.zip(name, {f"nodejs/node_modules/part{number}/index.js": "", f"python/part{number}.py": ""})
        names.append(name)
    rule = "lambda/too-many-layers"
    for count, runtime, handler in ((6, "nodejs24.x", "index.handler"), (7, "nodejs24.x", "index.handler"), (6, "python3.13", "app.handler")):
        name = f"o-layers{count}-{runtime[:4]}"
        b.zip(name, {"index.js": JS, "app.py": PY})
        b.row(name, "broken", "layers", rule, runtime, handler, layers=",".join(names[:count]))
    b.zip("o-layers5", {"index.js": JS})
    b.row("o-layers5", "good", "good", layers=",".join(names[:5]))


def runtimes(b):
    b.zip("o-runtime-node", {"index.js": JS})
    for status, rule, kind, runtimes in (
        ("broken", "lambda/runtime-blocked", "runtime-blocked", ("nodejs12.x", "nodejs10.x", "python2.7", "python3.6", "ruby2.5")),
        ("warn", "lambda/runtime-blocked", "runtime-create-blocked", ("nodejs14.x", "python3.7", "ruby2.7")),
        ("warn", "lambda/runtime-deprecated", "runtime-deprecated", ("nodejs18.x", "nodejs16.x", "python3.9", "python3.8")),
        ("good", "-", "good", ("nodejs24.x", "python3.13")),
    ):
        for runtime in runtimes:
            name = f"o-runtime-{runtime}"
            handler = "index.handler" if runtime.startswith("nodejs") else "app.handler"
            b.zip(name, {"index.js": JS, "app.py": PY, "app.rb": "def handler(event:, context:) = 1\n"})
            b.row(name, status, kind, rule, runtime, handler)


def weight(b):
    rule = "lambda/dead-weight"
    for name, files in (
        ("o-dead-tools", {"node_modules/typescript/lib/tsc.js": bytes(range(256)) * 12_000}),
        ("o-dead-maps", {"dist/vendor.js.map": bytes(range(256)) * 9_000}),
        ("o-dead-tests", {"node_modules/a/index.js": "", "node_modules/a/test/data.json": bytes(range(256)) * 8_000}),
    ):
        b.zip(name, {"index.js": JS, **files})
        b.row(name, "warn", "dead-weight", rule)
    b.zip("o-dead-little", {"index.js": JS, "index.js.map": "{}"})
    b.row("o-dead-little", "good", "good")


def java(b):
    if not (shutil.which("javac") and shutil.which("java")):
        print("no JDK: rows of Java are left out", file=sys.stderr)
        return
    rule = "lambda/java-class-missing"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)

        def compiled(sources, release=17, classpath=""):
            folder = Path(tempfile.mkdtemp(dir=scratch))
            for path, text in sources.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
            files = [str(folder / path) for path in sources]
            subprocess.run(["javac", "--release", str(release), "-cp", classpath or ".", "-d", str(folder), *files], check=True)
            return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.class")}, folder

        def jar(files):
            path = scratch / "x.jar"
            with zipfile.ZipFile(path, "w") as archive:
                for member, content in files.items():
                    archive.writestr(member, content)
            return path.read_bytes()

        probe, probe_folder = compiled({"Probe.java": PROBE})
        handler = "package example; public class Handler { public String handleRequest(Object o, Object c) { return null; } }"
        base = "package framework; public abstract class Base<T> { public String handleRequest(T o, Object c) { return null; } }"
        plain, _ = compiled({"example/Handler.java": handler})
        framework, framework_folder = compiled({"framework/Base.java": base}, 11)
        inherited, _ = compiled({"example/Handler.java": "package example; public class Handler extends framework.Base<String> {}"}, 17, str(framework_folder))
        face = {"example/Face.java": "package example; public interface Face { default String handleRequest(Object o) { return null; } }",
                "example/Handler.java": "package example; public class Handler implements Face {}"}
        by_interface, _ = compiled(face)
        nested, _ = compiled({"example/Outer.java": "package example; public class Outer { public static class Handler { public String run(Object o) { return null; } } }"})
        under = lambda folder, files: {f"{folder}/{path}": content for path, content in files.items()}
        named = "example.Handler::handleRequest"
        cases = [
            ("o-java-good", "good", plain, named, "java17"),
            ("o-java-interface", "good", plain, "example.Handler", "java21"),
            ("o-java-lib", "good", {"lib/api.jar": jar(plain)}, named, "java17"),
            ("o-java-inherited", "good", {**inherited, "lib/framework.jar": jar(framework)}, named, "java17"),
            ("o-java-default-method", "good", by_interface, named, "java17"),
            ("o-java-nested", "good", nested, "example.Outer$Handler::run", "java17"),
            ("o-java-x-absent", "broken", plain, "example.Other::handleRequest", "java17"),
            ("o-java-x-package", "broken", plain, "Handler::handleRequest", "java17"),
            ("o-java-x-bootinf", "broken", under("BOOT-INF/classes", plain), named, "java17"),
            ("o-java-x-rootjar", "broken", {"api.jar": jar(plain)}, named, "java17"),
            ("o-java-x-method", "broken", plain, "example.Handler::handle", "java17"),
            ("o-java-x-dollar", "broken", nested, "example.Outer.Handler::run", "java17"),
            ("o-java-x-version", "broken", plain, named, "java11"),
            ("o-java-x-version-jar", "broken", {"lib/api.jar": jar(plain)}, named, "java11"),
        ]
        for name, status, files, handler_name, runtime in cases:
            path = b.zip(name, files)
            unpacked = Path(tempfile.mkdtemp(dir=scratch))
            zipfile.ZipFile(path).extractall(unpacked)
            class_name, _, method = handler_name.partition("::")
            command = ["java", "-cp", f"{probe_folder}:{unpacked}:{unpacked}/lib/*", "Probe", class_name, method or "handleRequest"]
            done = subprocess.run(command, capture_output=True, text=True)
            loads = done.stdout.strip() == "OK"
            # Only one release is at hand: what a version of its own decides is proved by the table of versions.
            proof = "static" if "version" in name else "loaded" if loads == (status == "good") else "mismatch"
            said = (done.stdout + done.stderr).strip().splitlines()
            b.row(name, status, "java" if status == "broken" else "good", rule if status == "broken" else "-", runtime, handler_name, proof, message=said[0][:120] if said else "-")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    builder = Builder(sys.argv[1])
    for part in (bombs, layers, runtimes, weight, java, *compiled_artifacts.PARTS):
        part(builder)
    lambda_packages.write(builder.out, builder.rows)
    mismatches = [row["name"] for row in builder.rows if row["proof"] == "mismatch"]
    print(f"{len(builder.rows)} rows, {len(mismatches)} whose proof does not fit: {', '.join(mismatches) or 'none'}")


if __name__ == "__main__":
    main()
