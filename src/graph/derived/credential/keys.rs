//! Which names hold a credential (as found in public compose, Kubernetes and `.env` files, read 2026-07).

use super::super::words::words;

/// Words that name a credential by themselves.
const SECRET: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "pwd",
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "authkey",
    "salt",
    "requirepass",
    "masterauth",
    "bearer",
];

/// Words that name one when `key` follows.
const KEYS: &[&str] = &[
    "api",
    "access",
    "private",
    "encryption",
    "secret",
    "signing",
    "auth",
    "master",
    "license",
    "session",
    "cookie",
    "crypto",
    "encrypt",
    "hmac",
    "jwt",
    "app",
    "admin",
    "write",
    "deploy",
    "webhook",
    "storage",
    "account",
    "crypt",
    "base",
];

/// Ends of words run together: `dbpassword`, `pgpassword`, `jwtsecret`.
const ENDS: &[&str] = &["password", "passwd", "secret", "apikey", "passphrase"];

/// Last words that make it something about a credential, not the credential.
const ABOUT: &[&str] = &[
    "file",
    "files",
    "path",
    "name",
    "names",
    "id",
    "ids",
    "url",
    "uri",
    "ttl",
    "dir",
    "directory",
    "length",
    "len",
    "size",
    "expiry",
    "expires",
    "expire",
    "expiration",
    "timeout",
    "age",
    "lifetime",
    "duration",
    "days",
    "hours",
    "minutes",
    "seconds",
    "secs",
    "ms",
    "interval",
    "enabled",
    "enable",
    "disabled",
    "disable",
    "required",
    "type",
    "algorithm",
    "alg",
    "policy",
    "provider",
    "method",
    "prefix",
    "suffix",
    "header",
    "field",
    "count",
    "limit",
    "max",
    "min",
    "rounds",
    "iterations",
    "strength",
    "regex",
    "pattern",
    "mode",
    "format",
    "version",
    "issuer",
    "audience",
    "endpoint",
    "host",
    "port",
    "user",
    "username",
    "email",
    "store",
    "class",
    "scope",
    "scopes",
    "location",
    "arn",
    "ref",
    "engine",
    "backend",
    "label",
    "title",
    "hint",
    "template",
    "plugin",
    "manager",
    "rotation",
    "validity",
    "window",
    "service",
    "address",
    "server",
    "cache",
    "changed",
    "reset",
    "check",
    "generation",
    "rule",
    "rules",
    "encoding",
    "namespace",
    "region",
    "kind",
    "source",
    "driver",
    "change",
    "optional",
    "auth",
];

/// Words anywhere in the name that make its value public or a switch.
const NOT_SECRET: &[&str] =
    &["public", "username", "allow", "empty", "random", "generate", "min", "max", "disable", "enable", "publishable"];

/// Names that end in `pass`, run together; `compass` and `bypass` end in it as well.
const RUN_TOGETHER: &[&str] =
    &["dbpass", "mysqlpass", "pgpass", "userpass", "adminpass", "rootpass", "smtppass", "mailpass", "ftppass"];

/// Does this name hold a credential?
pub(crate) fn is_credential(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last().map(String::as_str) else { return false };
    if ABOUT.contains(&last) || words.iter().any(|word| NOT_SECRET.contains(&word.as_str())) {
        return false;
    }
    // Kafka's `…_CREDENTIALS` name files (confluentinc/cp-kafka).
    if last == "credentials" && words.iter().any(|word| word == "ssl") {
        return false;
    }
    let is_pass = last == "pass" || RUN_TOGETHER.contains(&last);
    is_pass || has_secret_word(&words)
}

fn has_secret_word(words: &[String]) -> bool {
    let single = words.iter().any(|word| {
        SECRET.contains(&word.as_str()) || ENDS.iter().any(|end| word.len() > end.len() && word.ends_with(end))
    });
    let is_key = |two: &[String]| two[1] == "key" && KEYS.contains(&two[0].as_str());
    single || words.windows(2).any(is_key)
}

/// An access key that has a secret key beside it is the half that names the account, as a user name
/// does (AWS General Reference, "Access keys": the access key ID is not secret).
pub(super) fn is_name_half(name: &str, others: &[&str]) -> bool {
    let mut own = words(name);
    if !own.ends_with(&["access".to_owned(), "key".to_owned()]) || own.contains(&"secret".to_owned()) {
        return false;
    }
    own.truncate(own.len() - 2);
    others.iter().any(|other| {
        let other = words(other);
        let has = |word: &str| other.iter().any(|own| own == word);
        other.starts_with(&own) && has("secret") && has("key")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_credentials() {
        for name in [
            "MYSQL_ROOT_PASSWORD",
            "POSTGRES_PASS",
            "dbPassword",
            "SECRET_KEY_BASE",
            "API_KEY",
            "jwt.secret",
            "GITHUB_TOKEN",
            "PGPASSWORD",
            "--requirepass",
            "PASSWORD_SALT",
            "MINIO_SECRET_KEY",
            "SESSION_SECRET",
            "AWS_SECRET_ACCESS_KEY",
            "LICENSE_KEY",
            "APP_KEY",
            "DB_PWD",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "POSTGRES_PASSWORD_FILE",
            "SECRETS_DIR",
            "TOKEN_URL",
            "SECRET_NAME",
            "TOKEN_TTL",
            "MAX_TOKENS",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "PUBLIC_KEY",
            "COMPASS",
            "BYPASS",
            "KEY",
            "PASSWORD_MIN_LENGTH",
            "AWS_ACCESS_KEY_ID",
            "PRIMARY_KEY",
            "USERNAME",
            "PASS_THROUGH",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }

    #[test]
    fn of_a_pair_of_keys_one_is_the_name() {
        assert!(is_name_half("AWS_ACCESS_KEY", &["AWS_SECRET_KEY"]));
        assert!(is_name_half("MINIO_ACCESS_KEY", &["MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"]));
        assert!(!is_name_half("ACCESS_KEY", &["ACCESS_KEY"]));
        assert!(!is_name_half("AWS_SECRET_ACCESS_KEY", &["AWS_SECRET_KEY"]));
        assert!(!is_name_half("A_ACCESS_KEY", &["B_SECRET_KEY"]));
    }
}
