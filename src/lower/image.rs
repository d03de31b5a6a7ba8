//! The parts of an image reference, as Docker reads it (distribution/reference, 2026-07).

use crate::expand::compose::short::narrow;
use crate::source::Origin;
use crate::value::{Content, Part, Value, Why};

/// The registry of names that give none.
const DEFAULT_REGISTRY: &str = "docker.io";
/// The folder of Docker's own images on that registry.
const DEFAULT_FOLDER: &str = "library/";
/// The tag of references without tag and digest.
const DEFAULT_TAG: &str = "latest";

/// The parts of a reference.
pub struct Image {
    /// Host of the registry; `docker.io` by default.
    pub registry: Value<String>,
    /// Name in the registry, `library/nginx` for `nginx`.
    pub repository: Value<String>,
    /// Tag; `latest` by default, absent beside a digest.
    pub tag: Value<String>,
    /// Digest.
    pub digest: Value<String>,
}

impl Image {
    /// Splits a reference; what is not decided of it leaves undecided only the parts that it touches.
    pub fn of(reference: &Value<String>) -> Self {
        Self {
            registry: part(reference, Role::Registry),
            repository: part(reference, Role::Repository),
            tag: part(reference, Role::Tag),
            digest: part(reference, Role::Digest),
        }
    }
}

/// Stands for the parts of a text that are not known: no reference holds it.
const HOLE: char = '\0';

/// A part: given at these bytes, put in by Docker, or not there.
enum Given {
    At(usize, usize),
    Default(&'static str),
    /// The name of one of Docker's own images, at these bytes.
    Own(usize, usize),
    Absent,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Registry,
    Repository,
    Tag,
    Digest,
}

struct Split {
    registry: Given,
    repository: Given,
    tag: Given,
    digest: Given,
}

impl Split {
    fn part(self, role: Role) -> Given {
        match role {
            Role::Registry => self.registry,
            Role::Repository => self.repository,
            Role::Tag => self.tag,
            Role::Digest => self.digest,
        }
    }
}

fn split(text: &str) -> Split {
    let (named, digest) = match text.find('@') {
        Some(at) => (&text[..at], Given::At(at + 1, text.len())),
        None => (text, Given::Absent),
    };
    let last = named.rfind('/').map_or(0, |at| at + 1);
    let (name_end, tag) = match named[last..].find(':').map(|at| last + at) {
        Some(at) => (at, Given::At(at + 1, named.len())),
        None if matches!(digest, Given::Absent) => (named.len(), Given::Default(DEFAULT_TAG)),
        None => (named.len(), Given::Absent),
    };
    let first = named[..name_end].find('/');
    let is_host = |name: &str| name.contains(['.', ':', HOLE]) || name == "localhost" || name != name.to_lowercase();
    let (registry, start) = match first {
        Some(at) if is_host(&named[..at]) => (Given::At(0, at), at + 1),
        _ => (Given::Default(DEFAULT_REGISTRY), 0),
    };
    let is_docker = matches!(registry, Given::Default(_)) || &named[..start.saturating_sub(1)] == DEFAULT_REGISTRY;
    let repository = match named[start..name_end].contains('/') || !is_docker {
        true => Given::At(start, name_end),
        false => Given::Own(start, name_end),
    };
    Split { registry, repository, tag, digest }
}

fn part(reference: &Value<String>, role: Role) -> Value<String> {
    let at = || reference.origin.clone();
    match &reference.content {
        Content::Known(text) | Content::Default(text) if text.trim().is_empty() => Value::absent(at()),
        Content::Known(text) | Content::Default(text) => {
            given(text, split(text).part(role), &at(), &|from, length| narrow(reference, from, length))
        }
        Content::OneOf(branches) => {
            let branches = branches.iter().map(|(condition, value)| (condition.clone(), part(value, role))).collect();
            Value::new(Content::OneOf(branches), at())
        }
        Content::Concat(parts) => of_parts(parts, &at(), role),
        Content::Absent => Value::absent(at()),
        _ => Value::unknown(reference.undecided().unwrap_or_else(|| Why::new("image that is not decided")).0, at()),
    }
}

fn given(text: &str, part: Given, at: &Origin, place: &dyn Fn(usize, usize) -> Origin) -> Value<String> {
    match part {
        Given::At(from, to) => Value::known(text[from..to].to_owned(), place(from, to - from)),
        Given::Own(from, to) => Value::known(format!("{DEFAULT_FOLDER}{}", &text[from..to]), place(from, to - from)),
        Given::Default(word) => Value::default(word.to_owned(), at.clone()),
        Given::Absent => Value::absent(at.clone()),
    }
}

/// Of a text with holes, a part is known when none lies in it and none can move its borders: one before
/// a name may end it with `/`, one behind a tag may go on with it.
fn of_parts(parts: &[Part], at: &Origin, role: Role) -> Value<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Known(known) => text.push_str(known),
            Part::Hole { .. } => text.push(HOLE),
        }
    }
    let (before, _) = text.split_once(HOLE).unwrap_or((&text, ""));
    let last = text.rfind('/').map_or(0, |at| at + 1);
    let is_last_known = !text[last..].contains(HOLE);
    let part = split(&text).part(role);
    let is_sure = match (&part, role) {
        (Given::At(_, to) | Given::Own(_, to), Role::Registry | Role::Repository) => *to < before.len(),
        (Given::At(from, to) | Given::Own(from, to), Role::Tag | Role::Digest) => {
            *to < before.len() || !text[*from..].contains(HOLE)
        }
        (Given::Default(_) | Given::Absent, Role::Registry) => before.contains(['/', ':']),
        (Given::Default(_) | Given::Absent, _) => is_last_known,
    };
    match is_sure {
        true => given(&text, part, at, &|_, _| at.clone()),
        false => Value::unknown("image with parts that are not known", at.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source, Span};

    fn origin(length: usize) -> Origin {
        Origin::new(Source::new("t".into(), ContentId::of(b"")), Span::new(0, length))
    }

    fn parts(image: &Image) -> [String; 4] {
        [&image.registry, &image.repository, &image.tag, &image.digest].map(|value| match &value.content {
            Content::Known(text) => text.clone(),
            Content::Default(text) => format!("({text})"),
            Content::Absent => "-".to_owned(),
            _ => "?".to_owned(),
        })
    }

    #[test]
    fn references_are_split_as_docker_splits_them() {
        for (text, expected) in [
            ("nginx", ["(docker.io)", "library/nginx", "(latest)", "-"]),
            ("nginx:1.27", ["(docker.io)", "library/nginx", "1.27", "-"]),
            ("team/api", ["(docker.io)", "team/api", "(latest)", "-"]),
            ("docker.io/nginx", ["docker.io", "library/nginx", "(latest)", "-"]),
            ("ghcr.io/team/api:v1", ["ghcr.io", "team/api", "v1", "-"]),
            ("localhost:5000/api", ["localhost:5000", "api", "(latest)", "-"]),
            ("localhost/api:x", ["localhost", "api", "x", "-"]),
            ("r.example.com:443/a/b@sha256:ff", ["r.example.com:443", "a/b", "-", "sha256:ff"]),
            ("a/b:1@sha256:ff", ["(docker.io)", "a/b", "1", "sha256:ff"]),
            ("", ["-", "-", "-", "-"]),
        ] {
            assert_eq!(parts(&Image::of(&Value::known(text.to_owned(), origin(text.len())))), expected, "{text}");
        }
    }

    #[test]
    fn a_hole_leaves_the_rest_decided() {
        let hole = || Part::Hole { name: None, attribute: None, why: Why::new("x"), origin: origin(0) };
        let text = |text: &str| Part::Known(text.into());
        for (list, expected) in [
            (vec![text("r.example.com/a:"), hole()], ["r.example.com", "a", "?", "?"]),
            (vec![hole(), text("/a:latest")], ["?", "?", "latest", "-"]),
            (vec![hole(), text("/nginx")], ["?", "?", "(latest)", "-"]),
            (vec![text("redis:"), hole()], ["(docker.io)", "library/redis", "?", "?"]),
            (vec![text("team/"), hole()], ["(docker.io)", "?", "?", "?"]),
            (vec![text("localhost:"), hole(), text("/a:1")], ["?", "?", "1", "-"]),
            (vec![text("nginx"), hole()], ["?", "?", "?", "?"]),
            (vec![text("r.example.com/"), hole(), text(":1.2")], ["r.example.com", "?", "1.2", "?"]),
        ] {
            assert_eq!(parts(&Image::of(&Value::new(Content::Concat(list.clone()), origin(0)))), expected, "{list:?}");
        }
    }
}
