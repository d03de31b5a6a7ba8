//! Files that are recognised and skipped with a reason, because what they hold is not yet, or not
//! readably, what will be deployed. They are never called unparsable.
//!
//! Valid YAML may well contain `{{ … }}` (dynamic references of CloudFormation, Argo workflows,
//! GitHub workflows, alert texts in quotes), so only what stands where YAML has structure counts.

use memchr::memmem;

use crate::source::TreePath;

/// What a file is that is skipped, in words for the count of skipped files.
pub type Recognised = &'static str;

/// Files whose first bytes tell what they are (git-lfs spec v1, git-crypt 0.7, Ansible vault 1.2,
/// age v1, RFC 9580; 2026-07).
const HEADS: &[(&[u8], Recognised)] = &[
    (b"version https://git-lfs.github.com/spec/", "git LFS pointer"),
    (b"\0GITCRYPT\0", "git-crypt encrypted"),
    (b"$ANSIBLE_VAULT;", "ansible vault"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "age encrypted"),
    (b"age-encryption.org/", "age encrypted"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP encrypted"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
];

/// Extensions of template languages.
const EXTENSIONS: &[(&str, Recognised)] = &[
    ("j2", "jinja template"),
    ("jinja", "jinja template"),
    ("jinja2", "jinja template"),
    ("tmpl", "go template"),
    ("gotmpl", "go template"),
    ("tpl", "go template"),
    ("tftpl", "terraform template"),
    ("erb", "erb template"),
    ("mustache", "mustache template"),
    ("hbs", "handlebars template"),
];

/// What a Go template says and neither CloudFormation, Argo nor Ansible does.
const GO_MARKERS: &[&str] = &[
    "{{-",
    "-}}",
    "{{ .",
    "{{.",
    "{{ $",
    "{{$",
    "{{ if ",
    "{{if ",
    "{{ end",
    "{{end",
    "{{ range ",
    "{{ with ",
    "{{ include ",
    "{{include ",
    "{{ template ",
    "{{ define ",
    "{{ toYaml ",
    "{{ default ",
    "{{/*",
    "{{ /*",
];

/// What only charts say among Go templates.
const HELM_MARKERS: &[&str] = &[".Values", ".Release.", ".Chart.", ".Capabilities.", "include \""];

/// Looks at the bytes, before they are decoded.
pub fn recognise_bytes(bytes: &[u8]) -> Option<Recognised> {
    let head = HEADS.iter().find(|(head, _)| bytes.starts_with(head));
    head.map(|(_, what)| *what)
}

/// Looks at path and text.
pub fn recognise(path: &TreePath, text: &str) -> Option<Recognised> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(what) = recognise_bytes(text.as_bytes()) {
        return Some(what);
    }
    let is_marked = is_marked(text);
    if is_marked && is_sops(text) {
        return Some("SOPS encrypted");
    }
    let extension = path.extension().unwrap_or_default();
    if let Some((_, what)) = EXTENSIONS.iter().find(|(known, _)| *known == extension) {
        return Some(what);
    }
    if contains(path.as_bytes(), "{{") {
        return Some("cookiecutter template");
    }
    if !is_marked {
        return None;
    }
    if has(text, "{{cookiecutter.") || has(text, "{{ cookiecutter.") {
        return Some("cookiecutter template");
    }
    let in_templates = path.parent().names().any(|name| name == b"templates");
    if in_templates && GO_MARKERS.iter().any(|marker| has(text, marker)) {
        return Some(language(text));
    }
    match extension.as_str() {
        "json" | "template" if text.trim_start().starts_with(['{', '[']) => structural_in_json(text),
        "yml" | "yaml" | "template" => structural_in_yaml(text),
        _ => None,
    }
}

/// How SOPS begins an encrypted value.
const ENCRYPTED: &str = "ENC[AES256_GCM,";

/// True for what every template or encrypted file contains: one of `{{`, `{%`, `{#`, `${`, `<%`, or a
/// value of SOPS. Most files have none, and are looked through once or twice.
fn is_marked(text: &str) -> bool {
    let bytes = text.as_bytes();
    let opens =
        |at: usize| matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')) || (at > 0 && matches!(bytes[at - 1], b'$'));
    memchr::memchr_iter(b'{', bytes).any(opens) || has(text, "<%") || has(text, ENCRYPTED)
}

/// True when something opens as template languages do whose marks no HCL has.
pub fn has_opening(text: &str) -> bool {
    ["{{", "{%", "<%"].iter().any(|opening| has(text, opening))
}

fn has(text: &str, part: &str) -> bool {
    contains(text.as_bytes(), part)
}

fn contains(bytes: &[u8], part: &str) -> bool {
    memmem::find(bytes, part.as_bytes()).is_some()
}

/// SOPS keeps the keys readable and adds a block of its own (sops 3.9: YAML, JSON, dotenv, INI).
fn is_sops(text: &str) -> bool {
    has(text, ENCRYPTED)
        && (has(text, "\nsops:") || has(text, "\"sops\":") || has(text, "\nsops_mac=") || has(text, "\n[sops]"))
}

fn language(text: &str) -> Recognised {
    if has(text, "{%") && !has(text, "{{-") {
        "jinja template"
    } else if HELM_MARKERS.iter().any(|marker| has(text, marker)) {
        "helm template"
    } else if GO_MARKERS.iter().any(|marker| has(text, marker)) {
        "go template"
    } else {
        "template"
    }
}

/// In JSON `{{` outside a string is never right.
fn structural_in_json(text: &str) -> Option<Recognised> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'"', b'{', b'$', bytes.get(at..)?) {
        at += found;
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => {
                let mut end = at + 1;
                while let Some(step) = memchr::memchr2(b'"', b'\\', bytes.get(end..)?) {
                    end += step + 1;
                    if bytes[end - 1] == b'"' {
                        break;
                    }
                    end += 1;
                }
                at = end.max(at + 1);
                continue;
            }
            (b'{', Some(b'{' | b'%' | b'#')) => return Some(language(text)),
            (b'$', Some(b'{')) => return Some("envsubst template"),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Lines that open or close a block scalar's surroundings: indentation, and whether the line starts one.
struct Outline {
    indent: usize,
    starts_block: bool,
}

/// A template's action where YAML has a line, a key's value or an item of its own.
fn structural_in_yaml(text: &str) -> Option<Recognised> {
    // The lines around the current one, each further in than the one before.
    let mut outlines: Vec<Outline> = Vec::new();
    for line in text.lines() {
        let content = line.trim_start_matches([' ', '\t']);
        if content.is_empty() {
            continue;
        }
        let indent = line.len() - content.len();
        while outlines.last().is_some_and(|outline| outline.indent >= indent) {
            outlines.pop();
        }
        if outlines.iter().any(|outline| outline.starts_block) || content.starts_with("# ") || content == "#" {
            continue;
        }
        if let Some(what) = structural(content, text) {
            return Some(what);
        }
        // Depth of an outline is bounded by the length of a line; no real file comes near.
        if outlines.len() < 1_000 {
            outlines.push(Outline { indent, starts_block: starts_block(content) });
        }
    }
    None
}

/// `key: |`, `- >-`, `key: !Sub |2`: what follows, further in, is text.
fn starts_block(content: &str) -> bool {
    if memchr::memchr2(b'|', b'>', content.as_bytes()).is_none() {
        return false;
    }
    let without_comment = content.split(" #").next().unwrap_or(content).trim_end();
    let Some(word) = without_comment.split([' ', '\t']).next_back() else { return false };
    word.starts_with(['|', '>']) && word[1..].chars().all(|c| matches!(c, '+' | '-' | '0'..='9'))
}

fn structural(content: &str, text: &str) -> Option<Recognised> {
    memchr::memchr2(b'{', b'<', content.as_bytes())?;
    if content.starts_with("<%") && !content.starts_with("<%=") {
        return Some("erb template");
    }
    if content.starts_with("{{") || content.starts_with("{%") || content.starts_with("{#") {
        return Some(language(text));
    }
    let is_whole = content.trim_end().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if is_whole.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')) {
        return Some("envsubst template");
    }
    let items = content.trim_start_matches("- ");
    if items.starts_with(['"', '\'']) {
        return None;
    }
    let value = items.find(": ").map_or(items, |colon| items[colon + 2..].trim_start());
    (value.starts_with("{{") || value.starts_with("{%")).then(|| language(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Option<Recognised> {
        recognise(&path.into(), text)
    }

    #[test]
    fn encrypted_files_and_pointers() {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        assert_eq!(of("a.zip", pointer), Some("git LFS pointer"));
        assert_eq!(recognise_bytes(b"\0GITCRYPT\0\x01\x02"), Some("git-crypt encrypted"));
        assert_eq!(of("vars.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n"), Some("ansible vault"));
        let sops = "db:\n  password: ENC[AES256_GCM,data:x,iv:y]\nsops:\n  mac: z\n";
        assert_eq!(of("s.yaml", sops), Some("SOPS encrypted"));
        assert_eq!(of(".env", "A=ENC[AES256_GCM,data:x]\nsops_mac=y\n"), Some("SOPS encrypted"));
        assert_eq!(of("a.yml", "sops:\n  mac: no encrypted value\n"), None);
        assert_eq!(recognise_bytes(b"\xff\xfea\0"), Some("UTF-16 text"));
    }

    #[test]
    fn templates() {
        assert_eq!(of("chart/templates/d.yaml", "kind: X\nname: \"{{ .Values.name }}\"\n"), Some("helm template"));
        assert_eq!(of("x.yaml", "{{- if .Values.a }}\nkind: X\n{{- end }}\n"), Some("helm template"));
        assert_eq!(of("x.yaml", "spec:\n  replicas: {{ replicas }}\n"), Some("template"));
        assert_eq!(of("x.yml", "a:\n{% for x in y %}\n  - {{ x }}\n{% endfor %}\n"), Some("jinja template"));
        assert_eq!(of("{{cookiecutter.slug}}/compose.yml", "services: {}"), Some("cookiecutter template"));
        assert_eq!(of("compose.yml", "image: '{{ cookiecutter.name }}'"), Some("cookiecutter template"));
        assert_eq!(of("x.yaml", "env:\n  ${ENVIRONMENT}\n"), Some("envsubst template"));
        assert_eq!(of("x.yml", "<% if a %>\nb: 1\n<% end %>\n"), Some("erb template"));
        assert_eq!(of("x.json", "{\"a\": {{ value | tojson }}}"), Some("template"));
        assert_eq!(of("x.json", "{\"a\": \"{{ b }}\\\"\", \"c\": ${COUNT}}"), Some("envsubst template"));
        assert_eq!(of("nginx.conf.j2", "x"), Some("jinja template"));
    }

    #[test]
    fn what_looks_like_a_template_and_is_none() {
        let resolve = "Resources:\n  Db:\n    Password: '{{resolve:secretsmanager:x:SecretString:y}}'\n";
        assert_eq!(of("templates/stack.yaml", resolve), None);
        assert_eq!(of("template.yaml", "Value: !Sub '{{resolve:ssm:${Name}}}'\n"), None);
        assert_eq!(of("wf.yml", "steps:\n  - run: echo ${{ github.ref }}\n  - if: ${{ x }}\n"), None);
        let script = "data:\n  run: |\n    if x; then\n      {% raw %}\n    {{ range }}\n    ${SNIPPET}\n  b: 1\n";
        assert_eq!(of("x.yml", script), None);
        assert_eq!(of("x.yml", "a: !Sub |-  # why\n    {{ x }}\nb: >2\n      {{ y }}\n"), None);
        assert_eq!(of("alerts.yml", "summary: 'x {{ $labels.pod }}'\n# {{ comment }}\n"), None);
        assert_eq!(of("compose.yml", "services:\n  a:\n    image: ${IMAGE}\n    ports: [\"${P}:80\"]\n"), None);
        assert_eq!(of("database.yml", "a: <%= ENV['X'] %>\n"), None);
        assert_eq!(of("x.json", "{\"a\": \"{{ b }}\", \"c\": {\"d\": \"${e}\"}}"), None);
        assert_eq!(of("x.yml", "- \"a: {{ x }}\"\n"), None);
        assert_eq!(of("x.yml", ""), None);
    }
}
