//! Names that the configuration declares as existing outside the repository.

use super::Graph;

impl Graph {
    /// True when the configuration's `externals` name it; `*` there stands for any characters.
    pub fn is_external(&self, name: &str) -> bool {
        self.externals.iter().any(|pattern| matches(pattern, name))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(matches("ldap", "ldap"));
        assert!(!matches("ldap", "ldaps"));
        assert!(matches("*.corp", "db.corp"));
        assert!(matches("shared-*-db", "shared-eu-db"));
        assert!(matches("*", ""));
        assert!(!matches("a*b*c", "acb"));
    }
}
