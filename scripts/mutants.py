"""Ways to seed a fault into a copy of a repository: what `mutate.py` has in its table."""

import contextlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

# `nobody`: the superuser reads whatever the mode says.
UNPRIVILEGED = 65534


class Mutant:
    """One fault: how to run over it and where its finding must stand (`path` None: anywhere)."""

    def __init__(self, name, folder, change, path=None, line=None, near=None, arguments=(), user=None):
        self.name, self.folder, self.change = name, folder, change
        self.path, self.line, self.near = path, line, near
        self.arguments, self.user = arguments, user


class Workshop:
    """Copies of the repositories, their findings, and where mutants may be made."""

    def __init__(self, corpus, zips, binary, scratch):
        self.corpus, self.zips, self.binary, self.scratch = corpus, zips, binary, Path(scratch)
        self.before = {}

    def checkout(self, repository):
        """A copy of a repository; None when the corpus has none of that name."""
        folder = self.scratch / "corpus" / repository
        if not folder.exists():
            if not (self.corpus / repository).is_dir():
                return None
            shutil.copytree(self.corpus / repository, folder, symlinks=True)
        return folder

    def empty_folder(self, name):
        folder = self.scratch / "small" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def run(self, folder, arguments=(), user=None):
        command = [self.binary, *arguments, "--format", "json", "--full-severity", "--as-of", "2026-11-21"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, user=user)
        if done.returncode not in (0, 1, 2) or not done.stdout:
            raise SystemExit(f"{command} in {folder}: exit {done.returncode}\n{done.stderr.decode()[:2000]}")
        # Within one repository a fingerprint is one finding.
        return {finding["fingerprint"]: finding for finding in json.loads(done.stdout)["findings"]}

    def unchanged(self, folder, arguments=(), user=None):
        """Findings of a folder before anything is changed in it."""
        key = (folder, tuple(arguments), user)
        if key not in self.before:
            self.before[key] = self.run(folder, arguments, user)
        return self.before[key]


@contextlib.contextmanager
def replaced(file, content):
    """A file with other content (None: gone) while the mutant is judged."""
    old = file.read_bytes() if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        yield
    finally:
        if old is None:
            file.unlink()
        else:
            file.write_bytes(old)


def place_of(finding):
    """(path, line) of a finding; that nothing was checked has none."""
    location = finding["location"] or {}
    return location.get("path"), (location.get("start") or {}).get("line", 0)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def files(root, globs, skip=None):
    """(file, text) of the files whose names match, in order of paths."""
    found = {f for glob in globs for f in root.rglob(glob) if f.is_file() and ".git" not in f.parts}
    for file in sorted(found):
        if skip and re.search(skip, str(file)):
            continue
        with contextlib.suppress(UnicodeDecodeError, OSError):
            yield file, file.read_text(encoding="utf-8")


class Edit:
    """Replaces a stretch of a file, at most once per file.

    pattern   regular expression with a group `it`: the text that is replaced (with a group `pad`: the whole match)
    replace   the new text; `\\g<it>` is the old one
    where     globs of file names
    needs     a regular expression that the file must contain
    near      lines around the edit within which the finding may stand; None for the whole file
    """

    def __init__(self, repositories, where, pattern, replace, needs=None, near=0, skip=None):
        self.repositories, self.where, self.skip, self.near = repositories, where, skip, near
        self.pattern, self.replace = re.compile(pattern, re.M), replace
        self.needs = re.compile(needs, re.M) if needs else None

    def mutants(self, workshop):
        for repository in self.repositories:
            root = workshop.checkout(repository)
            for file, text in files(root, self.where, self.skip) if root else ():
                match = self.pattern.search(text)
                if not match or (self.needs and not self.needs.search(text)):
                    continue
                start, end = match.span() if "pad" in match.groupdict() else match.span("it")
                mutated = text[:start] + match.expand(self.replace) + text[end:]
                path, line = file.relative_to(root).as_posix(), line_of(text, match.start("it"))
                yield Mutant(f"{repository}/{path}:{line}", root, lambda f=file, m=mutated: replaced(f, m),
                             path, line, self.near)


class Added:
    """A file of its own beside real ones; `good` is there in the unchanged copy, when given."""

    def __init__(self, *places, line=None):
        self.places, self.line = places, line

    def mutants(self, workshop):
        for repository, path, good, bad in self.places:
            root = workshop.checkout(repository)
            if root is None:
                continue
            bad = bad() if callable(bad) else bad
            change = lambda f=root / path, b=bad: replaced(f, b)
            # What the good twin causes is no part of the fault: it must be nothing.
            if good is not None:
                with replaced(root / path, good):
                    before = workshop.unchanged(root)
                    twin = [f for key, f in workshop.run(root).items() if key not in before]
                if twin:
                    print(f"         the good twin of {repository}/{path} is reported: {twin[0]['rule']}")
            yield Mutant(f"{repository}/{path}", root, change, path, self.line, 0 if self.line else None)


class Comment:
    """A waiver above a line: one with a finding of `rule`, or, with `on_finding` false, one without."""

    def __init__(self, repositories, text, on_finding=True):
        self.repositories, self.text, self.on_finding = repositories, text, on_finding

    def mutants(self, workshop):
        for repository in self.repositories:
            root = workshop.checkout(repository)
            done = set()
            for finding in workshop.unchanged(root).values() if root else ():
                path, line = place_of(finding)
                if path in done or not line or not path.endswith((".yml", ".yaml")):
                    continue
                if finding["rule"].split("/")[0] in ("input", "waiver", "rule"):
                    continue
                done.add(path)
                lines = (root / path).read_text(encoding="utf-8").split("\n")
                at = line - 1 if self.on_finding else next(
                    (i for i, text in enumerate(lines) if re.match(r"(services|apiVersion|Resources):", text)), None)
                if at is None:
                    continue
                pad = re.match(r" *", lines[at]).group()
                lines.insert(at, pad + self.text.replace("RULE", finding["rule"]))
                mutated = "\n".join(lines)
                yield Mutant(f"{repository}/{path}:{at + 1}", root,
                             lambda f=root / path, m=mutated: replaced(f, m), path, at + 1, 0)


class Emptied:
    """A folder in which the only file that can be judged is no longer there."""

    def __init__(self, repositories, where):
        self.repositories, self.where = repositories, where

    def mutants(self, workshop):
        for repository in self.repositories:
            root = workshop.checkout(repository)
            for file, text in files(root, self.where) if root else ():
                folder = workshop.empty_folder(f"emptied-{repository}-{file.parent.name}")
                (folder / "README.md").write_text("# Notes\n")
                (folder / file.name).write_text(text)
                yield Mutant(f"{repository}/{file.relative_to(root).as_posix()}", folder,
                             lambda f=folder / file.name: replaced(f, None))


class Locked:
    """A file that the user may not read."""

    def __init__(self, repositories, where):
        self.repositories, self.where = repositories, where

    def mutants(self, workshop):
        user = UNPRIVILEGED if os.geteuid() == 0 else None
        for repository in self.repositories:
            root = workshop.checkout(repository)
            for file, text in files(root, self.where) if root else ():
                # Without .git, which would belong to somebody else than the user.
                folder = workshop.empty_folder(f"locked-{repository}-{file.parent.name}")
                # Something is still checked.
                (folder / "beside").mkdir()
                (folder / "beside" / "compose.yml").write_text("services: { web: { image: shop/web } }\n")
                locked = folder / file.name
                locked.write_text(text)
                for open_folder in (workshop.scratch, workshop.scratch / "small", folder):
                    open_folder.chmod(0o755)
                locked.chmod(0o644)
                yield Mutant(f"{repository}/{file.relative_to(root).as_posix()}", folder,
                             lambda f=locked: with_mode(f, 0), locked.name, user=user)


@contextlib.contextmanager
def with_mode(file, mode):
    old = file.stat().st_mode
    file.chmod(mode)
    try:
        yield
    finally:
        file.chmod(old)
