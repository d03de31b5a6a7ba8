//! Versions and version specifiers of Python distributions.
//!
//! Source: packaging.python.org/en/latest/specifications/version-specifiers (PEP 440), 2026-08. Our own: three
//! answers are needed (fits, does not, cannot be told), and nothing beyond comparing.

use std::cmp::Ordering;

/// Most parts of a release number that are read.
const PARTS: usize = 16;

/// A version, in the order of PEP 440.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    epoch: u64,
    release: Vec<u64>,
    /// Before the release: (kind, number); kinds in order are development, a, b, rc, none.
    before: (u8, u64),
    post: Option<u64>,
    development: Option<u64>,
    /// What stands behind `+`.
    local: bool,
}

const DEVELOPMENT: u8 = 0;
const RELEASE: u8 = 4;

impl Version {
    /// Reads `1.2.3`, `2!1.0rc1`, `1.0.post2.dev3`; `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']).to_ascii_lowercase();
        let (text, local) = text.split_once('+').map_or((text.as_str(), false), |(text, _)| (text, true));
        let (epoch, mut rest) = match text.split_once('!') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, text),
        };
        let mut release = Vec::new();
        while let Some((number, after)) = number(rest) {
            release.push(number);
            rest = after;
            match rest.strip_prefix('.') {
                Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) && release.len() < PARTS => rest = after,
                _ => break,
            }
        }
        let mut version = Self { epoch, release, before: (RELEASE, 0), post: None, development: None, local };
        while !rest.is_empty() {
            let after = rest.trim_start_matches(['.', '-', '_']);
            let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let (word, after) = after.split_at(end);
            let after = after.trim_start_matches(['.', '-', '_']);
            let (count, after) = number(after).unwrap_or((0, after));
            match word {
                "a" | "alpha" => version.before = (1, count),
                "b" | "beta" => version.before = (2, count),
                "rc" | "c" | "pre" | "preview" => version.before = (3, count),
                // `1.0-1` is a post release, too.
                "post" | "rev" | "r" => version.post = Some(count),
                "" if rest.starts_with('-') => version.post = Some(count),
                "dev" => version.development = Some(count),
                _ => return None,
            }
            rest = after;
        }
        if version.release.is_empty() {
            return None;
        }
        if version.before.0 == RELEASE && version.post.is_none() && version.development.is_some() {
            version.before = (DEVELOPMENT, 0);
        }
        Some(version)
    }

    fn is_pre_release(&self) -> bool {
        self.before.0 < RELEASE || self.development.is_some()
    }

    fn release_starts_with(&self, other: &Self) -> bool {
        let own = self.release.iter().copied().chain(std::iter::repeat(0));
        self.epoch == other.epoch && other.release.iter().copied().zip(own).all(|(other, own)| other == own)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.release.len().max(other.release.len());
        let padded = |release: &[u64]| -> Vec<u64> {
            (0..length).map(|at| release.get(at).copied().unwrap_or_default()).collect()
        };
        let key = |version: &Self| {
            let development = version.development.unwrap_or(u64::MAX);
            (
                version.epoch,
                padded(&version.release),
                version.before,
                version.post.map_or(0, |post| post + 1),
                development,
            )
        };
        key(self).cmp(&key(other))
    }
}

/// The number at the beginning of a text, and what follows it.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

/// Whether a version is one of those that a specifier (`>=1.2,<2`) allows; `None` when it cannot be told.
pub fn allows(specifier: &str, version: &Version) -> Option<bool> {
    let mut all = true;
    for clause in specifier.split(',').map(str::trim).filter(|clause| !clause.is_empty()) {
        all &= clause_allows(clause, version)?;
    }
    Some(all)
}

fn clause_allows(clause: &str, version: &Version) -> Option<bool> {
    let end = clause.find(|c: char| !matches!(c, '<' | '>' | '=' | '!' | '~'))?;
    let (operator, text) = clause.split_at(end);
    let prefix = text.trim().strip_suffix(".*");
    let wanted = Version::parse(prefix.unwrap_or(text))?;
    if prefix.is_some() {
        let starts = version.release_starts_with(&wanted);
        return match operator {
            "==" => Some(starts),
            "!=" => Some(!starts),
            _ => None,
        };
    }
    // A local version counts as the one that it belongs to, unless the specifier has one itself.
    let order = version.cmp(&wanted);
    Some(match operator {
        "==" | "===" => order.is_eq(),
        "!=" => order.is_ne(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        // Not a pre-release of the version that is excluded itself.
        "<" => {
            order.is_lt() && (!version.is_pre_release() || wanted.is_pre_release() || !same_release(version, &wanted))
        }
        ">" => order.is_gt() && (version.post.is_none() || wanted.post.is_some() || !same_release(version, &wanted)),
        "~=" => {
            let mut series = Version { before: (RELEASE, 0), post: None, development: None, ..wanted.clone() };
            if series.release.len() < 2 {
                return None;
            }
            series.release.pop();
            order.is_ge() && version.release_starts_with(&series)
        }
        _ => return None,
    })
}

fn same_release(a: &Version, b: &Version) -> bool {
    a.release_starts_with(b) && b.release_starts_with(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(specifier: &str, version: &str) -> Option<bool> {
        allows(specifier, &Version::parse(version).unwrap())
    }

    #[test]
    fn versions_are_ordered() {
        let ordered =
            ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1.dev1", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.10", "1!0.1"];
        let versions: Vec<Version> = ordered.iter().map(|text| Version::parse(text).unwrap()).collect();
        assert!(versions.is_sorted(), "{versions:?}");
        assert_eq!(Version::parse("1.0").unwrap().cmp(&Version::parse("1.0.0").unwrap()), Ordering::Equal);
        assert_eq!(Version::parse("banana"), None);
        assert_eq!(Version::parse(""), None);
    }

    #[test]
    fn specifiers_allow_or_not() {
        for (specifier, version, answer) in [
            (">=1.2,<2", "1.26.20", Some(true)),
            (">=1.2,<2", "2.0.1", Some(false)),
            ("==1.4.*", "1.4.9", Some(true)),
            ("!=1.4.*", "1.4.9", Some(false)),
            ("~=1.4.2", "1.4.9", Some(true)),
            ("~=1.4.2", "1.5", Some(false)),
            ("~=2.2", "2.9", Some(true)),
            ("==2.9.0.post0", "2.9.0.post0", Some(true)),
            ("==1.0", "1.0+cpu", Some(true)),
            ("<3", "3.0rc1", Some(false)),
            ("", "1", Some(true)),
            (">=3.8", "3.11", Some(true)),
            (">=3.12", "3.11", Some(false)),
            ("=>3", "3", None),
            ("@ file:///x", "3", None),
        ] {
            assert_eq!(fits(specifier, version), answer, "{specifier} {version}");
        }
    }
}
