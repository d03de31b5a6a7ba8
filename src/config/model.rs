//! What the configuration says, as meant.

use globset::{GlobBuilder, GlobMatcher};

use super::Date;
use crate::diagnostic::Severity;
use crate::facts::Environment;
use crate::scope::Globs;
use crate::source::{Source, Span};

/// What deploylint.toml says. The default is what holds without one.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Which files are looked at.
    pub scan: Scan,
    /// From which severity on a finding fails the run.
    pub fail_on: Option<FailOn>,
    /// Levels for the whole repository.
    pub rules: Levels,
    /// Folders of more rules.
    pub packs: Vec<Pack>,
    /// Only these rules and families run; empty means all.
    pub select: Vec<String>,
    /// Rules and families that do not run.
    pub ignore: Vec<String>,
    /// Paths whose environment is told, in order: the first that matches holds.
    pub environments: Vec<(Globs, Environment)>,
    /// Release sets by name: the files that are applied together.
    pub sets: Vec<DeclaredSet>,
    /// Names that exist outside the repository (globs).
    pub externals: Vec<String>,
    /// Services that the repository deploys in a way that cannot be read.
    pub services: Vec<DeclaredService>,
    /// Levels for subtrees, in order: the last that matches holds.
    pub overrides: Vec<Override>,
    /// Findings that are accepted.
    pub waivers: Vec<Waiver>,
}

/// Which files are looked at.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Left out.
    pub exclude: Globs,
    /// Finished packages, as globs over paths on disk.
    pub artifacts: Globs,
    /// Largest structured file, bytes.
    pub max_file_size: Option<u64>,
}

/// From which severity on a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// Findings never fail the run.
    Never,
}

impl FailOn {
    /// Every word for one.
    pub const WORDS: &'static [&'static str] = &["error", "warning", "info", "never"];

    /// By its word.
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "error" => Self::Severity(Severity::Error),
            "warning" => Self::Severity(Severity::Warning),
            "info" => Self::Severity(Severity::Info),
            "never" => Self::Never,
            _ => return None,
        })
    }

    /// The severity, if findings can fail the run at all.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Severity(severity) => Some(severity),
            Self::Never => None,
        }
    }
}

/// What a rule may report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing: it does not run.
    Off,
    /// Findings of this severity.
    Severity(Severity),
}

impl Level {
    /// Every word for one.
    pub const WORDS: &'static [&'static str] = &["off", "info", "warning", "error"];

    /// By its word.
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "off" => Self::Off,
            "info" => Self::Severity(Severity::Info),
            "warning" => Self::Severity(Severity::Warning),
            "error" => Self::Severity(Severity::Error),
            _ => return None,
        })
    }
}

/// Levels by rule id or family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(pub Vec<(String, Level)>);

impl Levels {
    /// The level of a rule: its own before its family's, and that before `local`'s.
    pub fn of(&self, id: &str) -> Option<Level> {
        let meant = self.0.iter().filter(|(selector, _)| is_selected(id, selector));
        meant.max_by_key(|(selector, _)| selector.len()).map(|(_, level)| *level)
    }
}

/// True when a selector means this rule: its id, its family (`probe`, `local/team`) or `local`.
pub fn is_selected(id: &str, selector: &str) -> bool {
    id.strip_prefix(selector).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A folder of rules that many repositories share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Relative to the repository's root; it may leave it.
    pub path: String,
    /// Where it is written.
    pub source: Source,
    /// Its bytes.
    pub span: Span,
}

/// A release set by name.
#[derive(Clone, Debug)]
pub struct DeclaredSet {
    /// Its name.
    pub name: String,
    /// The files that are applied together (globs), in order.
    pub files: Vec<String>,
}

/// A service that the repository deploys in a way that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredService {
    /// The name under which it is reached.
    pub name: String,
    /// Folder with its source.
    pub path: Option<String>,
    /// Image that it runs.
    pub image: Option<String>,
    /// Ports on which it listens.
    pub ports: Vec<u16>,
}

/// Levels for a subtree.
#[derive(Clone, Debug)]
pub struct Override {
    /// Which paths.
    pub paths: Globs,
    /// The levels there.
    pub rules: Levels,
}

/// A glob over logical paths. `*` stands for any text, `?` for one character; brackets and braces
/// stand for themselves, because logical paths have them (`[values-prod.yaml]`, `/users/{id}`).
#[derive(Clone, Debug)]
pub struct SubjectGlob(GlobMatcher);

impl SubjectGlob {
    /// Compiles a glob.
    pub fn new(written: &str) -> Result<Self, String> {
        let mut glob = String::with_capacity(written.len());
        for c in written.chars() {
            match c {
                '[' | ']' | '{' | '}' => glob.extend(['[', c, ']']),
                _ => glob.push(c),
            }
        }
        let glob = GlobBuilder::new(&glob).backslash_escape(false).build();
        glob.map(|glob| Self(glob.compile_matcher())).map_err(|error| error.kind().to_string())
    }

    /// True for a logical path that it means.
    pub fn is_match(&self, subject: &str) -> bool {
        self.0.is_match(subject)
    }
}

/// An accepted finding.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Id of the rule.
    pub rule: String,
    /// Only findings in these paths.
    pub path: Option<Globs>,
    /// Only findings about these logical paths.
    pub subject: Option<SubjectGlob>,
    /// Why it is accepted; without a reason it silences nothing.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Last day on which it holds.
    pub until: Option<Date>,
    /// Where it is written.
    pub source: Source,
    /// Its bytes.
    pub span: Span,
}
