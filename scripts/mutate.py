#!/usr/bin/env python3
"""Seeds faults into real repositories and asks which of them deploylint reports.

    scripts/mutate.py CORPUS [ZIPS] [--binary PATH] [--rule ID]... [--count N] [--verbose]

CORPUS  a folder of checkouts, by repository name. Nothing in it is changed: mutants are made in a copy.
ZIPS    a folder of good Lambda packages with a `manifest.tsv` (name, runtime, arch, handler in columns 1-4,
        status in column 7), for the rules about packages.

TABLE has a row for each kind of fault: a rule, and how the fault is seeded. A mutant counts as found when the
run over it has a finding of the seeded rule that the run over the unchanged copy has not, in the mutated file
and near the mutated line. Findings beyond that one are extra. A mutant that is not judged counts as missed.
Rules of the registry that no row seeds are listed with the reason. Exit status 1 when any mutant is missed or
any finding is extra.
"""

import argparse
import contextlib
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

YAML = ("*.yml", "*.yaml")
COMPOSE = ("compose*.yml", "compose*.yaml", "docker-compose*.yml", "docker-compose*.yaml")
# `nobody`: the superuser reads whatever the mode says.
UNPRIVILEGED = 65534
# Rules that no content of a repository can break, and where they are tested instead.
NOT_SEEDED = {"rule/failed": "no input is known that causes it"}


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


class Package:
    """A good package from which something is left out: `what` is `package` or `handler`."""

    def __init__(self, what):
        self.what = what

    def mutants(self, workshop):
        if workshop.zips is None:
            return
        rows = [line.split("\t") for line in (workshop.zips / "manifest.tsv").read_text().splitlines()[1:]]
        for row in rows:
            archive = workshop.zips / "zips" / f"{row[0]}.zip"
            if row[6] == "good" and row[1].startswith("nodejs") and row[4] == "-" and archive.exists():
                yield from self.of(workshop, archive, *row[:4])

    def of(self, workshop, archive, name, runtime, arch, handler):
        with zipfile.ZipFile(archive) as source:
            names = source.namelist()
            stem = handler.split(".")[0]
            entry = next((n for n in names if re.fullmatch(re.escape(stem) + r"\.(js|mjs|cjs)", n)), None)
            text = source.read(entry).decode("utf-8", "replace") if entry else ""
        if entry is None:
            return
        needed = re.search(r"require\(['\"]([a-z@][\w@/.-]*)['\"]\)|from ['\"]([a-z@][\w@/.-]*)['\"]", text)
        package = next((g for g in needed.groups() if g), None) if needed else None
        # The SDK is part of the runtime: without its own copy the package still loads.
        if package and re.match(r"@aws-sdk/|@smithy/|aws-sdk$", package):
            package = None
        start = entry if self.what == "handler" else f"node_modules/{package}/"
        if not any(n.startswith(start) for n in names):
            return
        folder = workshop.empty_folder(f"{self.what}-{name}")
        target = folder / "package.zip"
        shutil.copy(archive, target)
        yield Mutant(name, folder, lambda: replaced(target, without(archive, start)),
                     arguments=("package.zip", "--handler", handler, "--runtime", runtime, "--arch", arch))


def without(archive, start):
    """The bytes of an archive without the entries whose names begin so."""
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(archive) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for member in source.infolist():
                if not member.filename.startswith(start):
                    # A copy: writing changes the entry's offset.
                    target.writestr(copy.copy(member), source.read(member))
        out.seek(0)
        return out.read()


SAM = ["serverless-patterns", "aws-serverless-ecommerce-platform"]
K8S = ["microservices-demo", "examples"]
COMPOSED = ["awesome-compose", "self-hosted"]

TABLE = [
    ("function/code-path-missing", Edit(SAM, YAML, r"^ +CodeUri: *(?P<it>(?:\./)?(?:src|functions)[\w./-]*?)/? *$",
             r"\g<it>-gone", needs=r"AWS::Serverless-2016")),
    ("route/to-undefined-function", Edit(SAM, YAML,
             r"(?<!Authorizer)[Uu]ri: *!Sub *['\"]?arn:.*functions/\$\{(?P<it>\w+)\.Arn\}", r"\g<it>Gone", needs=r"AWS::")),
    ("route/without-permission", Edit(SAM, YAML, r"^ +Type: *['\"]?(?P<it>AWS::Lambda::Permission)['\"]?",
             "AWS::CloudFormation::WaitConditionHandle",
             needs=r"(?s)(AWS::ApiGateway::Method|AWS::ApiGatewayV2::Integration).*apigateway.amazonaws.com", near=None)),
    ("stack/undefined-reference", Edit(SAM, YAML, r"TableName: *!Ref +(?P<it>\w+) *$", r"\g<it>Gone",
             needs=r"AWS::Serverless-2016")),
    ("stack/undefined-reference", Edit(SAM, YAML, r"!GetAtt +(?P<it>\w+)\.Arn *$", r"\g<it>Gone", needs=r"AWS::")),
    ("endpoint/undefined-service-host", Edit(["microservices-demo"], YAML,
             r"name: \w+_SERVICE_ADDR\n +value: \"(?P<it>[a-z]+)service:\d+\"", r"\g<it>-gone-",
             needs="kind: Deployment", skip="helm-chart|kustomize")),
    ("endpoint/undefined-service-host", Edit(COMPOSED, COMPOSE,
             r"(?:[A-Z_]+(?:HOST|URL|SERVER|ADDR)\w*[:=] *['\"]?(?:\w+://(?:[^@\s]*@)?)?)(?P<it>(?:db|mongo|redis|backend|postgres|mysql))\b(?!:/)",
             r"\g<it>-gone")),
    ("endpoint/loopback-for-other-service", Edit(["microservices-demo"], YAML,
             r"name: \w+_SERVICE_ADDR\n +value: \"(?P<it>[a-z]+service):\d+\"", "localhost",
             needs="kind: Deployment", skip="helm-chart|kustomize")),
    ("secret/literal-in-compose", Edit(["awesome-compose"], COMPOSE,
             r"^(?P<it>    image: \S+)$", "\\g<it>\n    labels:\n      seeded: \"yes\"\n    environment:\n      SESSION_SECRET: q8Zr2LmT5vXw",
             needs=r"(?s)\A(?!.*environment:)", near=5, skip="override|dev|test")),
    ("secret/literal-in-compose", Edit(COMPOSED, COMPOSE,
             r"^(?P<it>    environment:\n)(?P<pad> +)- ", "\\g<it>\\g<pad>- SESSION_SECRET=q8Zr2LmT5vXw\n\\g<pad>- ",
             near=3, skip="override|dev|test")),
    ("secret/literal-in-k8s-env", Edit(K8S, YAML,
             r"^(?P<it> +env: *\n)(?P<pad> +)- name:", "\\g<it>\\g<pad>- name: ADMIN_PASSWORD\n\\g<pad>  value: q8Zr2LmT5vXw\n\\g<pad>- name:",
             needs="kind: (Deployment|ReplicationController|Pod|StatefulSet)", near=3, skip="helm-chart|kustomize")),
    ("probe/missing-readiness", Edit(["microservices-demo"], YAML,
             r"(?P<it>^ +readinessProbe:\n(?: {10,}.*\n)+?)(?= {8,10}\w)", "", needs="kind: Service", near=60,
             skip="helm-chart|kustomize")),
    ("probe/unresolved-port", Edit(K8S, YAML,
             r"readinessProbe:\n(?:.*\n){0,6}? +port: (?P<it>\w+)", "gone", needs="kind: Deployment", near=6,
             skip="helm-chart|kustomize")),
    ("k8s/service-selects-nothing", Edit(K8S, YAML,
             r"kind: Service\n(?:.*\n)*?  selector:\n +\w+: (?P<it>[\w-]+)", r"\g<it>-gone", near=2,
             skip="helm-chart|kustomize")),
    ("k8s/unknown-target-port", Edit(K8S, YAML, r"targetPort: (?P<it>[a-z][\w-]*)$", r"gone",
             needs="kind: Service", skip="helm-chart|kustomize")),
    ("k8s/config-reference-missing", Edit(["examples"], YAML,
             r"(?:configMapKeyRef|secretKeyRef|configMapRef|secretRef):\n +name: (?P<it>[\w-]+)", r"\g<it>-gone")),
    ("compose/undefined-dependency", Edit(COMPOSED, COMPOSE,
             r"depends_on:\n +- +(?P<it>[\w-]+)", r"\g<it>-gone")),
    ("compose/missing-bind-source", Edit(COMPOSED, COMPOSE,
             r"^ +- ['\"]?\./(?P<it>[\w./-]+):/", r"\g<it>-gone")),
    ("endpoint/nonprod-host-in-prod", Added(
        ("awesome-compose", "react-express-mongodb/config/production.yml",
         "accounts:\n  url: https://accounts.live.shop-example.net/v1\n",
         "accounts:\n  url: https://accounts.staging.shop-example.net/v1\n"),
        ("self-hosted", ".env.production", "SENTRY_BIND=9000\nBILLING_URL=https://billing-eu.shop-example.net\n",
         "SENTRY_BIND=9000\nBILLING_URL=https://billing-qa.shop-example.net\n"),
        ("aws-serverless-ecommerce-platform", "payment/config/prod.json",
         "{\n  \"ledger\": { \"host\": \"https://ledger.core.shop-example.net\" }\n}\n",
         "{\n  \"ledger\": { \"host\": \"https://ledger.uat.shop-example.net\" }\n}\n"),
        ("microservices-demo", "config/prod.yaml", "mail:\n  host: smtp.live.shop-example.net\n",
         "mail:\n  host: smtp.staging.shop-example.net\n"),
        ("serverless-patterns", "apigw-lambda/config/production.json", "{\n  \"api\": \"https://api.shop-example.net\"\n}\n",
         "{\n  \"api\": \"https://api-dev.shop-example.net\"\n}\n"),
        ("examples", "web/guestbook/.env.production", "A=1\nAPI_URL=https://api.shop-example.net\n",
         "A=1\nAPI_URL=https://api.test.shop-example.net\n"), line=2)),
    ("secret/private-key", Added(*[
        (repository, path, "", lambda: private_key()) for repository, path in (
            ("awesome-compose", "nginx-golang/certificates/server.key"),
            ("microservices-demo", "src/frontend/signing.pem"),
            ("serverless-patterns", "apigw-mutualtls-lambda/keys/client.pem"),
            ("self-hosted", "nginx/tls.key"),
            ("examples", "web/guestbook/tls.pem"),
            ("aws-serverless-ecommerce-platform", "shared/signing.key"))], line=1)),
    ("input/unparsable", Edit(COMPOSED, COMPOSE, r"^services:(?P<it> *)$", " { web: [", near=None)),
    ("input/limit-exceeded", Edit(COMPOSED, COMPOSE, r"(?P<it>\A)", "x-deep: " + "[" * 140 + "]" * 140 + "\n", near=0)),
    ("input/nothing-checked", Emptied(["awesome-compose"], COMPOSE)),
    ("input/unreadable", Locked(["awesome-compose"], ("compose.yaml",))),
    ("waiver/without-reason", Comment(["awesome-compose", "examples"], "# deploylint: ignore[RULE]")),
    ("waiver/expired", Comment(["awesome-compose", "examples"],
                               "# deploylint: ignore[RULE] reason=\"known\" until=2025-06-30")),
    ("waiver/malformed", Comment(["awesome-compose", "examples"], "# deploylint: ignore[RULE reason=\"known\"")),
    ("waiver/unused", Comment(["awesome-compose", "examples"], "# deploylint: ignore[RULE] reason=\"known\"",
                              on_finding=False)),
    ("rule/invalid", Added(*[
        (repository, ".deploylint/rules/shop/broken.md", None, "---\nsummary: a rule\nseverity: fatal\n---\n")
        for repository in ("awesome-compose", "microservices-demo", "self-hosted", "examples",
                           "serverless-patterns", "aws-serverless-ecommerce-platform")])),
    ("lambda/missing-module", Package("package")),
    ("lambda/handler-file-missing", Package("handler")),
]


def private_key():
    """A key that nothing accepts: the start of a PKCS#1 sequence and noise, made here so that none is committed."""
    import base64
    der = bytes([0x30, 0x82, 0x02, 0x5D, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00])
    der += bytes((i * 73 + 41) % 251 for i in range(594))
    dashes = "-" * 5
    body = "\n".join(re.findall(".{1,64}", base64.b64encode(der).decode()))
    return f"{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{body}\n{dashes}END RSA PRIVATE KEY{dashes}\n"


class Score:
    def __init__(self):
        self.rows = {}

    def add(self, rule, found, extra, name):
        row = self.rows.setdefault(rule, [0, 0, 0])
        for at, count in enumerate((1, int(found), extra)):
            row[at] += count
        print(f"{'found ' if found else 'MISSED'} {'+%d' % extra if extra else '  '} {rule}  {name}", flush=True)

    def table(self):
        print(f"\n{'rule':44} seeded  found  extra")
        for rule, row in sorted(self.rows.items()):
            print(f"{rule:44} " + " ".join(f"{count:6}" for count in row))
        total = [sum(row[at] for row in self.rows.values()) for at in range(3)]
        print(f"{'all, ' + str(len(self.rows)) + ' rules':44} " + " ".join(f"{count:6}" for count in total))
        return total[0] == total[1] and total[2] == 0


def judge(workshop, score, rule, mutant, verbose):
    """Runs over a mutant and counts."""
    before = workshop.unchanged(mutant.folder, mutant.arguments, mutant.user)
    with mutant.change():
        after = workshop.run(mutant.folder, mutant.arguments, mutant.user)
    new = [finding for key, finding in after.items() if key not in before]

    def is_meant(finding):
        path, line = place_of(finding)
        return (finding["rule"] == rule and mutant.path in (None, path)
                and (mutant.near is None or abs(line - mutant.line) <= mutant.near))

    found = any(is_meant(finding) for finding in new)
    extra = len(new) - int(found)
    score.add(rule, found, extra, mutant.name)
    if verbose or not found or extra:
        for finding in new:
            path, line = place_of(finding)
            print(f"         {finding['severity']} {finding['rule']} {path}:{line} {finding['message']}")


def rules_without_a_row():
    """Rules of this checkout that nothing seeds."""
    folder = Path(__file__).resolve().parent.parent / "rules"
    known = {f"{file.parent.name}/{file.stem}" for file in folder.glob("*/*.md")}
    return sorted(known - {rule for rule, _ in TABLE})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("zips", type=Path, nargs="?")
    parser.add_argument("--binary", default="deploylint")
    parser.add_argument("--rule", action="append", help="only this rule (repeatable)")
    parser.add_argument("--count", type=int, default=3, help="mutants of each row (default 3)")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    binary = shutil.which(options.binary) or str(Path(options.binary).resolve())
    unknown = set(options.rule or ()) - {rule for rule, _ in TABLE}
    if unknown:
        parser.error(f"no row seeds {', '.join(sorted(unknown))}")
    score = Score()
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        workshop = Workshop(options.corpus.resolve(), options.zips and options.zips.resolve(), binary, scratch)
        for rule, seeder in TABLE:
            if options.rule and rule not in options.rule:
                continue
            left = options.count
            # A generator: no more mutants are made than are asked for.
            for mutant in seeder.mutants(workshop):
                judge(workshop, score, rule, mutant, options.verbose)
                left -= 1
                if left == 0:
                    break
            if left == options.count:
                print(f"nothing to seed {rule} into")
    passed = score.table()
    for rule in rules_without_a_row():
        print(f"not seeded: {rule}: {NOT_SEEDED.get(rule, 'no row')}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
