//! Names under which people keep credentials.

/// Words that make a name one of a credential's (as found in public configuration, read 2026-07).
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pw",
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "salt",
    "bearer",
    "jwt",
];

/// Words that make a `key` after them a credential: `api_key`, `signing-key`.
const BEFORE_KEY: &[&str] = &[
    "api",
    "access",
    "private",
    "secret",
    "encryption",
    "signing",
    "master",
    "license",
    "account",
    "storage",
    "shared",
    "client",
    "session",
    "hmac",
    "jwt",
    "cookie",
    "app",
    "application",
    "auth",
    "deploy",
    "ssh",
    "service",
    "crypto",
];

/// Words at the end that speak of something about the credential, not of it.
const ABOUT: &[&str] = &[
    "name",
    "names",
    "ref",
    "refs",
    "reference",
    "arn",
    "id",
    "ids",
    "path",
    "paths",
    "file",
    "files",
    "dir",
    "url",
    "uri",
    "host",
    "port",
    "type",
    "kind",
    "class",
    "length",
    "size",
    "count",
    "limit",
    "expiry",
    "expires",
    "expiration",
    "expire",
    "ttl",
    "age",
    "days",
    "hours",
    "minutes",
    "seconds",
    "version",
    "namespace",
    "mount",
    "provider",
    "policy",
    "enabled",
    "required",
    "rotation",
    "manager",
    "store",
    "header",
    "field",
    "prefix",
    "suffix",
    "endpoint",
    "audience",
    "issuer",
    "algorithm",
    "alg",
    "from",
    "selector",
    "username",
    "user",
];

/// True for names under which a credential may stand.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) {
        return false;
    }
    let is_secret = |word: &String| {
        SECRET_WORDS.contains(&word.as_str())
            || ["password", "passwd", "secret", "apikey", "passphrase"].iter().any(|end| word.ends_with(end))
    };
    words.iter().any(is_secret)
        || last == "pass"
        || words.windows(2).any(|pair| pair[1] == "key" && BEFORE_KEY.contains(&pair[0].as_str()))
}

/// Words of a name in lower case: split at what is no letter or digit, and where case rises.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let starts = c.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase())));
        if !c.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    // `TOKEN2` is a token.
    words.iter_mut().for_each(|word| word.truncate(word.trim_end_matches(|c: char| c.is_ascii_digit()).len()));
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_and_names_about_them() {
        for name in [
            "DB_PASSWORD",
            "postgresPassword",
            "MYSQLPASSWORD",
            "api-key",
            "APIKey",
            "aws_secret_access_key",
            "DB_PASS",
            "token",
            "clientSecret",
            "JWT_SECRET",
            "signing_key",
            "db.password",
            "spring.datasource.password",
            "TOKEN2",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "secretName",
            "secretKeyRef",
            "PASSWORD_FILE",
            "token_ttl",
            "tokenizer",
            "key",
            "name",
            "SECRET_ARN",
            "access_key_id",
            "passenger",
            "bypass_cache",
            "publicKey",
            "",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
