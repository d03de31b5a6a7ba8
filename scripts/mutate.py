#!/usr/bin/env python3
"""Seeds faults into real repositories and asks which of them deploylint reports.

    scripts/mutate.py CORPUS [ZIPS] [--binary PATH] [--rule ID]... [--count N] [--verbose]

CORPUS  a folder of checkouts, by repository name. Nothing in it is changed: mutants are made in a copy.
ZIPS    a folder of good Lambda packages (lambda_packages.py), for the rules about packages.

TABLE has a row for each kind of fault: a rule, and how the fault is seeded. A mutant counts as found when the
run over it has a finding of the seeded rule that the run over the unchanged copy has not, in the mutated file
and near the mutated line. Findings beyond that one are extra. A mutant that is not judged counts as missed.
Rules of the registry that no row seeds are listed with the reason. Exit status 1 when any mutant is missed or
any finding is extra.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import package_mutants as changed
import python_mutants as python
from mutants import Added, Comment, Edit, Emptied, Locked, Workshop, place_of
from package_mutants import Package

YAML = ("*.yml", "*.yaml")
COMPOSE = ("compose*.yml", "compose*.yaml", "docker-compose*.yml", "docker-compose*.yaml")
# Rules that no content of a repository can break, and where they are tested instead.
NOT_SEEDED = {
    "rule/failed": "no input is known that causes it",
    "lambda/malformed-handler": "the handler is an argument, not content; fixtures and zips of lambda_confusion.py",
    "lambda/handler-shadowed-by-builtin": "the same",
}


SAM = ["serverless-patterns", "aws-serverless-ecommerce-platform"]
K8S = ["microservices-demo", "examples"]
COMPOSED = ["awesome-compose", "self-hosted"]

# A rule of one's own that nothing breaks.
OWN_RULE = """---
summary: an image of a registry that is closed
severity: warning
subject: container
forbid: { image-registry: { equals: closed.shop-example.net } }
at: image
message: "`{name}` runs an image of {image-registry}"
---
"""

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
        (repository, ".deploylint/rules/shop/broken.md", OWN_RULE, OWN_RULE.replace("warning", "fatal"))
        for repository in ("awesome-compose", "microservices-demo", "self-hosted", "examples",
                           "serverless-patterns", "aws-serverless-ecommerce-platform")], line=3)),
    ("lambda/missing-module", Package(changed.without_package)),
    ("lambda/handler-file-missing", Package(changed.without_handler)),
    ("lambda/missing-package-file", Package(changed.without_file)),
    ("lambda/case-mismatch", Package(changed.with_other_case)),
    ("lambda/path-not-exported", Package(changed.closed_package)),
    ("lambda/require-of-esm", Package(changed.package_turned_esm)),
    ("lambda/esm-syntax-in-commonjs", Package(changed.entry_with_export)),
    ("lambda/unspecified-esm-import", Package(changed.import_without_extension)),
    ("lambda/unspecified-esm-import", Package(changed.import_of_folder)),
    ("lambda/missing-module", Package(python.without_package, "python")),
    ("lambda/handler-file-missing", Package(python.without_handler, "python")),
    ("lambda/handler-not-exported", Package(python.handler_renamed, "python")),
    ("lambda/import-beyond-top", Package(python.import_beyond_top, "python")),
    ("lambda/removed-stdlib-module", Package(python.removed_module, "python")),
    ("lambda/syntax-error", Package(python.broken_syntax, "python")),
    ("lambda/unsupported-syntax", Package(python.newer_syntax, "python")),
    ("lambda/name-not-in-module", Package(python.name_gone, "python")),
    ("lambda/stdlib-shadowed", Package(python.standard_module_shadowed, "python")),
    ("lambda/missing-distribution-metadata", Package(python.metadata_gone, "python")),
    ("lambda/missing-requirement", Package(python.requirement_gone, "python")),
    ("lambda/relies-on-runtime-sdk", Package(python.requirement_of_runtime, "python")),
    ("lambda/incomplete-distribution", Package(python.data_file_gone, "python")),
    ("lambda/packages-not-at-root", Package(python.packages_in_venv, "python")),
    ("lambda/native-wrong-architecture", Package(python.other_processor, "python")),
    ("lambda/native-wrong-python-abi", Package(python.other_interpreter, "python")),
    ("lambda/native-musl", Package(python.other_libc, "python")),
    ("lambda/native-wrong-platform", Package(python.other_system, "python")),
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
