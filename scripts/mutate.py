#!/usr/bin/env python3
"""Seeds faults into real repositories and asks which of them deploylint reports.

    scripts/mutate.py CORPUS [ZIPS] [--binary PATH] [--rule ID] [--count N] [--verbose]

CORPUS  a folder of checkouts, by repository name. Nothing in it is changed: mutants are made in a copy.
ZIPS    a folder of good Lambda packages with a `manifest.tsv` (name, runtime, arch, handler in columns 1-4,
        status in column 7), for the rules about packages.

A mutant counts as found when the run over it has exactly one finding more than the run over the unchanged
copy, of the seeded rule, in the mutated file and near the mutated line. Findings beyond that one are extra.
A mutant that is not judged counts as missed. Exit status 1 when any is missed or any is extra.
"""

import argparse
import copy
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

YAML = ("*.yml", "*.yaml")
COMPOSE = ("compose*.yml", "compose*.yaml", "docker-compose*.yml", "docker-compose*.yaml")


class Mutation:
    """One kind of fault: where it can be seeded and how.

    pattern   regular expression with a group `it`: the text that is replaced
    replace   the new text; `\\g<it>` is the old one
    where     globs of file names
    needs     a regular expression that the file must contain
    near      lines around the edit within which the finding may stand; None for the whole file
    """

    def __init__(self, rule, repositories, where, pattern, replace, needs=None, near=0, skip=None):
        self.rule, self.repositories, self.where = rule, repositories, where
        self.pattern, self.replace = re.compile(pattern, re.M), replace
        self.needs = re.compile(needs, re.M) if needs else None
        self.skip = re.compile(skip) if skip else None
        self.near, self.count = near, 3

    def sites(self, root):
        """(file, text, match): at most one per file, in order of paths."""
        files = sorted({f for glob in self.where for f in root.rglob(glob) if f.is_file() and ".git" not in f.parts})
        for file in files:
            if self.skip and self.skip.search(str(file)):
                continue
            try:
                text = file.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue
            if self.needs and not self.needs.search(text):
                continue
            match = self.pattern.search(text)
            if match:
                yield file, text, match


SAM = ["serverless-patterns", "aws-serverless-ecommerce-platform"]
K8S = ["microservices-demo", "examples"]
COMPOSED = ["awesome-compose", "self-hosted"]

MUTATIONS = [
    Mutation("function/code-path-missing", SAM, YAML, r"^ +CodeUri: *(?P<it>(?:\./)?(?:src|functions)[\w./-]*?)/? *$",
             r"\g<it>-gone", needs=r"AWS::Serverless-2016"),
    Mutation("route/to-undefined-function", SAM, YAML,
             r"(?<!Authorizer)[Uu]ri: *!Sub *['\"]?arn:.*functions/\$\{(?P<it>\w+)\.Arn\}", r"\g<it>Gone", needs=r"AWS::"),
    Mutation("route/without-permission", SAM, YAML, r"^ +Type: *['\"]?(?P<it>AWS::Lambda::Permission)['\"]?",
             "AWS::CloudFormation::WaitConditionHandle",
             needs=r"(?s)(AWS::ApiGateway::Method|AWS::ApiGatewayV2::Integration).*apigateway.amazonaws.com", near=None),
    Mutation("stack/undefined-reference", SAM, YAML, r"TableName: *!Ref +(?P<it>\w+) *$", r"\g<it>Gone",
             needs=r"AWS::Serverless-2016"),
    Mutation("stack/undefined-reference", SAM, YAML, r"!GetAtt +(?P<it>\w+)\.Arn *$", r"\g<it>Gone", needs=r"AWS::"),
    Mutation("endpoint/undefined-service-host", ["microservices-demo"], YAML,
             r"name: \w+_SERVICE_ADDR\n +value: \"(?P<it>[a-z]+)service:\d+\"", r"\g<it>-gone-",
             needs="kind: Deployment", skip="helm-chart|kustomize"),
    Mutation("endpoint/undefined-service-host", COMPOSED, COMPOSE,
             r"(?:[A-Z_]+(?:HOST|URL|SERVER|ADDR)\w*[:=] *['\"]?(?:\w+://(?:[^@\s]*@)?)?)(?P<it>(?:db|mongo|redis|backend|postgres|mysql))\b(?!:/)",
             r"\g<it>-gone"),
    Mutation("endpoint/loopback-for-other-service", ["microservices-demo"], YAML,
             r"name: \w+_SERVICE_ADDR\n +value: \"(?P<it>[a-z]+service):\d+\"", "localhost",
             needs="kind: Deployment", skip="helm-chart|kustomize"),
    Mutation("secret/literal-in-compose", ["awesome-compose"], COMPOSE,
             r"^(?P<it>    image: \S+)$", "\\g<it>\n    labels:\n      seeded: \"yes\"\n    environment:\n      SESSION_SECRET: q8Zr2LmT5vXw",
             needs=r"(?s)\A(?!.*environment:)", near=5, skip="override|dev|test"),
    Mutation("secret/literal-in-compose", COMPOSED, COMPOSE,
             r"^(?P<it>    environment:\n)(?P<pad> +)- ", "\\g<it>\\g<pad>- SESSION_SECRET=q8Zr2LmT5vXw\n\\g<pad>- ",
             near=3, skip="override|dev|test"),
    Mutation("secret/literal-in-k8s-env", K8S, YAML,
             r"^(?P<it> +env: *\n)(?P<pad> +)- name:", "\\g<it>\\g<pad>- name: ADMIN_PASSWORD\n\\g<pad>  value: q8Zr2LmT5vXw\n\\g<pad>- name:",
             needs="kind: (Deployment|ReplicationController|Pod|StatefulSet)", near=3, skip="helm-chart|kustomize"),
    Mutation("probe/missing-readiness", ["microservices-demo"], YAML,
             r"(?P<it>^ +readinessProbe:\n(?: {10,}.*\n)+?)(?= {8,10}\w)", "", needs="kind: Service", near=60,
             skip="helm-chart|kustomize"),
    Mutation("probe/unresolved-port", K8S, YAML,
             r"readinessProbe:\n(?:.*\n){0,6}? +port: (?P<it>\w+)", "gone", needs="kind: Deployment", near=6,
             skip="helm-chart|kustomize"),
    Mutation("k8s/service-selects-nothing", K8S, YAML,
             r"kind: Service\n(?:.*\n)*?  selector:\n +\w+: (?P<it>[\w-]+)", r"\g<it>-gone", near=2,
             skip="helm-chart|kustomize"),
    Mutation("k8s/unknown-target-port", K8S, YAML, r"targetPort: (?P<it>[a-z][\w-]*)$", r"gone",
             needs="kind: Service", skip="helm-chart|kustomize"),
    Mutation("k8s/config-reference-missing", ["examples"], YAML,
             r"(?:configMapKeyRef|secretKeyRef|configMapRef|secretRef):\n +name: (?P<it>[\w-]+)", r"\g<it>-gone"),
    Mutation("compose/undefined-dependency", COMPOSED, COMPOSE,
             r"depends_on:\n +- +(?P<it>[\w-]+)", r"\g<it>-gone"),
    Mutation("compose/missing-bind-source", COMPOSED, COMPOSE,
             r"^ +- ['\"]?\./(?P<it>[\w./-]+):/", r"\g<it>-gone"),
]


class Runner:
    def __init__(self, binary):
        self.binary = binary

    def findings(self, folder, *arguments):
        command = [self.binary, *arguments, "--format", "json", "--full-severity", "--as-of", "2026-11-21"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        if done.returncode not in (0, 1, 2) or not done.stdout:
            raise SystemExit(f"{command} in {folder}: exit {done.returncode}\n{done.stderr.decode()[:2000]}")
        return {f["fingerprint"]: f for f in json.loads(done.stdout)["findings"]}


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Score:
    def __init__(self):
        self.rows = {}

    def add(self, rule, found, extra, words):
        row = self.rows.setdefault(rule, [0, 0, 0])
        row[0] += 1
        row[1] += found
        row[2] += extra
        print(f"{'found ' if found else 'MISSED'} {'+%d' % extra if extra else '  '} {rule}  {words}")

    def table(self):
        print(f"\n{'rule':44} seeded  found  extra")
        for rule, (seeded, found, extra) in sorted(self.rows.items()):
            print(f"{rule:44} {seeded:6} {found:6} {extra:6}")
        total = [sum(row[i] for row in self.rows.values()) for i in range(3)]
        print(f"{'all':44} {total[0]:6} {total[1]:6} {total[2]:6}")
        return total[0] == total[1] and total[2] == 0


def verdict(mutation_rule, new, path, line, near):
    """(found, extra) of the findings that the mutant has and the original has not."""
    right = [f for f in new if f["rule"] == mutation_rule and f["location"]["path"] == path
             and (near is None or abs(f["location"]["start"]["line"] - line) <= near)]
    return bool(right), len(new) - (1 if right else 0)


def seed_files(runner, score, corpus, only, verbose):
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        baselines = {}
        for mutation in MUTATIONS:
            if only and mutation.rule != only:
                continue
            left = mutation.count
            for repository in mutation.repositories:
                if left == 0 or not (corpus / repository).is_dir():
                    continue
                checkout = Path(scratch) / repository
                if not checkout.exists():
                    shutil.copytree(corpus / repository, checkout, symlinks=True)
                    baselines[repository] = runner.findings(checkout)
                for file, text, match in mutation.sites(checkout):
                    if left == 0:
                        break
                    mutated = text[:match.start("it")] + match.expand(mutation.replace) + text[match.end("it"):] \
                        if "(?P<pad>" not in mutation.pattern.pattern \
                        else text[:match.start()] + match.expand(mutation.replace) + text[match.end():]
                    path = file.relative_to(checkout).as_posix()
                    line = line_of(text, match.start("it"))
                    file.write_text(mutated, encoding="utf-8")
                    after = runner.findings(checkout)
                    file.write_text(text, encoding="utf-8")
                    new = [f for key, f in after.items() if key not in baselines[repository]]
                    found, extra = verdict(mutation.rule, new, path, line, mutation.near)
                    score.add(mutation.rule, found, extra, f"{repository}/{path}:{line}")
                    if verbose or not found or extra:
                        for f in new:
                            start = f["location"]["start"]
                            print(f"         {f['severity']} {f['rule']} {f['location']['path']}:{start['line']} {f['message']}")
                    left -= 1


def seed_added_files(runner, score, corpus, only, verbose):
    """Faults that are a file of their own beside real ones."""
    additions = [
        ("endpoint/nonprod-host-in-prod", "awesome-compose", "react-express-mongodb/config/production.yml",
         "accounts:\n  url: https://accounts.{}.shop-example.net/v1\n", 2, "live", "staging"),
        ("endpoint/nonprod-host-in-prod", "self-hosted", ".env.production",
         "SENTRY_BIND=9000\nBILLING_URL=https://billing-{}.shop-example.net\n", 2, "eu", "qa"),
        ("endpoint/nonprod-host-in-prod", "aws-serverless-ecommerce-platform", "payment/config/prod.json",
         "{{\n  \"ledger\": {{ \"host\": \"https://ledger.{}.shop-example.net\" }}\n}}\n", 2, "core", "uat"),
        ("secret/private-key", "awesome-compose", "nginx-golang/certificates/server.key", "{}", 1, "", "KEY"),
        ("secret/private-key", "microservices-demo", "src/frontend/signing.pem", "{}", 1, "", "KEY"),
        ("secret/private-key", "serverless-patterns", "apigw-mutualtls-lambda/keys/client.pem", "{}", 1, "", "KEY"),
    ]
    key = private_key()
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        for rule, repository, path, text, line, good, bad in additions:
            if (only and rule != only) or not (corpus / repository).is_dir():
                continue
            checkout = Path(scratch) / repository
            if not checkout.exists():
                shutil.copytree(corpus / repository, checkout, symlinks=True)
            file = checkout / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.format(good))
            before = runner.findings(checkout)
            file.write_text(text.format(key if bad == "KEY" else bad))
            new = [f for k, f in runner.findings(checkout).items() if k not in before]
            file.unlink()
            found, extra = verdict(rule, new, path, line, 0)
            score.add(rule, found, extra, f"{repository}/{path}:{line}")
            if verbose or not found or extra:
                for f in new:
                    print(f"         {f['rule']} {f['location']['path']}:{f['location']['start']['line']} {f['message']}")


def private_key():
    """A key that nothing accepts: the start of a PKCS#1 sequence and noise, made here so that none is committed."""
    import base64
    der = bytes([0x30, 0x82, 0x02, 0x5D, 0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00])
    der += bytes((i * 73 + 41) % 251 for i in range(594))
    dashes = "-" * 5
    body = "\n".join(re.findall(".{1,64}", base64.b64encode(der).decode()))
    return f"{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{body}\n{dashes}END RSA PRIVATE KEY{dashes}\n"


def seed_packages(runner, score, zips, only, verbose):
    """Removes one installed package, or the handler's file, of good packages."""
    rows = [line.split("\t") for line in (zips / "manifest.tsv").read_text().splitlines()[1:]]
    good = [row for row in rows if row[6] == "good" and row[1].startswith("nodejs") and row[4] == "-"]
    left = {"lambda/missing-module": 3, "lambda/handler-file-missing": 3}
    for row in good:
        name, runtime, arch, handler = row[:4]
        archive = zips / "zips" / f"{name}.zip"
        if not archive.exists():
            continue
        with zipfile.ZipFile(archive) as source:
            members = source.infolist()
            stem = handler.split(".")[0]
            handler_files = [m for m in members if re.fullmatch(re.escape(stem) + r"\.(js|mjs|cjs)", m.filename)]
            text = source.read(handler_files[0]).decode("utf-8", "replace") if handler_files else ""
            needed = re.search(r"require\(['\"]([a-z@][\w@/.-]*)['\"]\)|from ['\"]([a-z@][\w@/.-]*)['\"]", text)
            package = next((g for g in needed.groups() if g), None) if needed else None
            plans = []
            if package and any(m.filename.startswith(f"node_modules/{package}/") for m in members):
                plans.append(("lambda/missing-module", lambda m, p=package: m.filename.startswith(f"node_modules/{p}/")))
            if handler_files:
                plans.append(("lambda/handler-file-missing", lambda m: m.filename == handler_files[0].filename))
            for rule, drop in plans:
                if left[rule] == 0 or (only and rule != only):
                    continue
                left[rule] -= 1
                with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
                    folder = Path(scratch)
                    arguments = ["--handler", handler, "--runtime", runtime, "--arch", arch]
                    shutil.copy(archive, folder / "package.zip")
                    before = runner.findings(folder, "package.zip", *arguments)
                    with zipfile.ZipFile(folder / "package.zip", "w", zipfile.ZIP_DEFLATED) as target:
                        for member in members:
                            if not drop(member):
                                # A copy: writing changes the entry's offset.
                                target.writestr(copy.copy(member), source.read(member))
                    after = runner.findings(folder, "package.zip", *arguments)
                new = [f for key, f in after.items() if key not in before]
                right = [f for f in new if f["rule"] == rule]
                score.add(rule, bool(right), len(new) - (1 if right else 0), name)
                if verbose or not right or len(new) > 1:
                    for f in new:
                        print(f"         {f['severity']} {f['rule']} {f['location']['path']} {f['message']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("zips", type=Path, nargs="?")
    parser.add_argument("--binary", default="deploylint")
    parser.add_argument("--rule")
    parser.add_argument("--count", type=int, default=3, help="mutants of each kind (default 3)")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    binary = shutil.which(options.binary) or str(Path(options.binary).resolve())
    runner, score = Runner(binary), Score()
    for mutation in MUTATIONS:
        mutation.count = options.count
    seed_files(runner, score, options.corpus, options.rule, options.verbose)
    seed_added_files(runner, score, options.corpus, options.rule, options.verbose)
    if options.zips:
        seed_packages(runner, score, options.zips, options.rule, options.verbose)
    sys.exit(0 if score.table() else 1)


if __name__ == "__main__":
    main()
