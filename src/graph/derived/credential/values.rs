//! What a value says: a credential, a reference to one, a placeholder, or nothing of the kind.

use super::super::words::HOLE;

/// Starts of values that refer to a credential kept elsewhere.
const REFERENCES: &[&str] = &[
    "/run/secrets",
    "arn:",
    "vault:",
    "vault://",
    "ssm:",
    "op://",
    "ref+",
    "enc[",
    "encrypted:",
    "!ref",
    "!sub",
    "!getatt",
    "awssm:",
    "sm://",
    "gcp:",
    "secretref:",
    "secret://",
    "keyvault:",
    "@microsoft.keyvault",
    "projects/",
    "env:",
    "file:",
    "file://",
    "{cipher}",
    "sops:",
    "doppler:",
    "akv:",
    "valuefrom:",
];

/// What templates and shells fill in.
const HOLES: &[&str] = &["${", "{{", "<%", "{%", "$(", "#{", "%{", "[["];

/// Words that are no credential.
const NOTHING: &[&str] = &[
    "",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "none",
    "nil",
    "undefined",
    "never",
    "always",
    "disabled",
    "enabled",
    "optional",
    "required",
    "0",
    "1",
    "n/a",
    "~",
];

/// Values that everybody tries first (vendors' documented defaults, 2026-07).
const WELL_KNOWN: &[&str] = &[
    "admin",
    "root",
    "password",
    "passwd",
    "pass",
    "secret",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "rabbitmq",
    "guest",
    "user",
    "test",
    "testing",
    "dev",
    "demo",
    "default",
    "changeme",
    "changeit",
    "change",
    "letmein",
    "welcome",
    "qwerty",
    "abc123",
    "minio",
    "minioadmin",
    "minio123",
    "elastic",
    "kibana",
    "wordpress",
    "nextcloud",
    "django",
    "app",
    "api",
    "token",
    "toor",
    "example",
    "password1",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "pa55w0rd",
    "secret123",
    "admin123",
    "test123",
    "root123",
    "mysecretpassword",
    "supersecret",
    "somewordpress",
    "rootpassword",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "123",
    "111111",
    "000000",
];

/// What stands where the real value belongs.
const PLACEHOLDERS: &[&str] = &[
    "your",
    "<",
    "__",
    "xxx",
    "***",
    "...",
    "…",
    "replace",
    "todo",
    "fixme",
    "tbd",
    "placeholder",
    "insert_",
    "insert-",
    "generate_",
    "generate-",
    "generated",
    "redacted",
    "change_me",
    "change-me",
    "change_this",
    "change-this",
    "changethis",
    "set_me",
    "setme",
    "fill_",
    "put_",
    "enter_",
    "my_secret_here",
    "_here",
    "-here",
    "dummy",
    "sample",
];

/// How a value is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// No credential, or only a reference to one.
    No,
    /// `weak`, `strong` or `placeholder`.
    Is(&'static str),
}

/// Judges a value that stands under a name that holds credentials.
pub(super) fn judge(text: &str, is_password: bool) -> Judgement {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if NOTHING.contains(&lower.as_str()) || is_reference(text, &lower) {
        return Judgement::No;
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number && (!is_password || text.len() < 4) {
        return Judgement::No;
    }
    if text.split_whitespace().count() > 4 || is_path(text, &lower) {
        return Judgement::No;
    }
    // A URL has its own rule for what it carries.
    if text.contains("://") {
        return Judgement::No;
    }
    if WELL_KNOWN.contains(&lower.as_str()) {
        return Judgement::Is("weak");
    }
    if PLACEHOLDERS.iter().any(|mark| lower.starts_with(mark) || (mark.len() > 4 && lower.contains(mark))) {
        return Judgement::Is("placeholder");
    }
    if names_a_credential(text) {
        return Judgement::Is("placeholder");
    }
    let is_one_character = text.chars().next().is_some_and(|first| text.chars().all(|c| c == first));
    Judgement::Is(if text.chars().count() < 8 || is_one_character { "weak" } else { "strong" })
}

/// Ends of names of credentials, as placeholders are written.
const NAME_ENDS: &[&str] = &["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PWD", "CREDENTIALS"];

/// `HF_TOKEN`, `nvapi-NVKEY`: the name of a credential in capitals, perhaps after a vendor's prefix, which a
/// person or a script replaces.
fn names_a_credential(text: &str) -> bool {
    let name = text.rsplit('-').next().unwrap_or(text);
    let is_capitals = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let has_words = name.contains('_') || name.len() < text.len();
    is_capitals && has_words && NAME_ENDS.iter().any(|end| name.ends_with(end))
}

/// Extensions of files that hold credentials.
const FILES: &[&str] = &[".json", ".pem", ".key", ".crt", ".txt", ".jks", ".p12", ".yml", ".yaml", ".env", ".keytab"];

/// A path to a credential. Random text may begin with a slash or hold one, so a path must look like one.
fn is_path(text: &str, lower: &str) -> bool {
    let is_absolute = text.starts_with('/') && text[1..].contains('/') && text.len() < 100;
    let is_relative = text.starts_with(['.', '~']) && text.contains('/');
    is_absolute || is_relative || FILES.iter().any(|end| lower.ends_with(end))
}

fn is_reference(text: &str, lower: &str) -> bool {
    text.starts_with(['$', '%', '@'])
        || text.contains(HOLE)
        || HOLES.iter().any(|hole| text.contains(hole))
        || REFERENCES.iter().any(|start| lower.starts_with(start))
}

/// The password in the user-info of a URL, and where it stands.
pub(super) fn url_password(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find("://") {
        let start = from + found + 3;
        from = start;
        let end = text[start..].find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<'));
        let authority = &text[start..end.map_or(text.len(), |end| start + end)];
        let Some(at) = authority.rfind('@') else { continue };
        let Some(colon) = authority[..at].find(':') else { continue };
        let password = &authority[colon + 1..at];
        if !password.is_empty() {
            return Some((start + colon + 1, password));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_judged() {
        let is = |text: &str| judge(text, true);
        assert_eq!(is("gitea"), Judgement::Is("weak"));
        assert_eq!(is("changeme"), Judgement::Is("weak"));
        assert_eq!(is("db-78n9n"), Judgement::Is("strong"));
        assert_eq!(is("123456"), Judgement::Is("weak"));
        assert_eq!(is("your-password-here"), Judgement::Is("placeholder"));
        assert_eq!(is("__REPLACE_ME__"), Judgement::Is("placeholder"));
        assert_eq!(is("HF_TOKEN"), Judgement::Is("placeholder"));
        assert_eq!(is("acme-APIKEY"), Judgement::Is("placeholder"));
        for text in [
            "",
            "true",
            "$X",
            "{{ .Values.x }}",
            "/run/secrets/db",
            "vault:kv/x",
            "/etc/ssl/key.pem",
            "/key.json",
            "sa.json",
            "1",
            "ENC[x]",
        ] {
            assert_eq!(is(text), Judgement::No, "{text}");
        }
        assert_eq!(judge("3600", false), Judgement::No);
    }

    #[test]
    fn passwords_in_urls() {
        assert_eq!(url_password("postgres://u:p4ss@db/x"), Some((13, "p4ss")));
        assert_eq!(url_password("redis://:p@cache:6379"), Some((9, "p")));
        assert_eq!(url_password("http://u@x/"), None);
        assert_eq!(url_password("http://x:80/a@b"), None);
    }
}
