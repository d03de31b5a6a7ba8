//! From written configuration to [`Config`].

use super::reader::{Named, Reader};
use super::{
    Config, ConfigProblem, DeclaredService, DeclaredSet, FailOn, Level, Levels, Override, Pack, RuleNames, SubjectGlob,
    Waiver,
};
use crate::diagnostic::{Argument, Message};
use crate::facts::Environment;
use crate::source::{Source, Span};
use crate::syntax::{Node, toml};

const TOP: &[&str] = &[
    "scan",
    "gate",
    "rules",
    "select",
    "ignore",
    "environments",
    "sets",
    "externals",
    "services",
    "override",
    "waiver",
    "$schema",
];
/// The key of `[rules]` that is no rule.
const PACKS: &str = "packs";
const SCAN: &[&str] = &["exclude", "artifacts", "max-file-size"];
const GATE: &[&str] = &["fail-on"];
const ENVIRONMENTS: &[&str] = &["dev", "staging", "prod"];
const SET: &[&str] = &["files"];
const SERVICE: &[&str] = &["path", "image", "ports"];
const OVERRIDE: &[&str] = &["paths", "rules"];
const WAIVER: &[&str] = &["rule", "path", "match", "reason", "owner", "until"];

/// Every key by its table, for comparing with the documentation.
#[cfg(test)]
pub(super) const KEYS: &[(&str, &[&str])] = &[
    ("", TOP),
    ("scan", SCAN),
    ("rules", &[PACKS]),
    ("gate", GATE),
    ("environments", ENVIRONMENTS),
    ("sets", SET),
    ("services", SERVICE),
    ("override", OVERRIDE),
    ("waiver", WAIVER),
];

/// Largest `max-file-size`, bytes: spans are 32 bits wide.
const LARGEST_FILE: u64 = 4 << 30;

/// A configuration whose names of rules are not checked yet: it may name packs in which they are.
#[derive(Debug)]
pub struct Draft {
    config: Config,
    source: Source,
    named: Vec<Named>,
    problems: Vec<ConfigProblem>,
}

impl Draft {
    /// Reads deploylint.toml. Pure: the text, and where it comes from.
    pub fn read(text: &str, source: &Source) -> Self {
        let parsed = toml::read(source, text);
        let mut reader = Reader { source, problems: Vec::new(), named: Vec::new() };
        for problem in &parsed.problems {
            let arguments = vec![("problem".into(), Argument::words(&problem.message))];
            reader.problem(problem.span, "not valid TOML: {problem}", arguments, None);
        }
        let mut config = Config::default();
        // What follows from broken syntax would only be noise.
        if let (Some(document), true) = (parsed.documents.first(), reader.problems.is_empty()) {
            reader.top(&document.root(), &mut config);
        }
        let Reader { problems, named, .. } = reader;
        Self { config, source: source.clone(), named, problems }
    }

    /// Folders of more rules.
    pub fn packs(&self) -> &[Pack] {
        &self.config.packs
    }

    /// The configuration, once all rules are known.
    pub fn check(mut self, names: &RuleNames) -> Result<Config, Vec<ConfigProblem>> {
        self.problems.extend(self.named.iter().filter_map(|named| named.problem(names, &self.source)));
        if self.problems.is_empty() {
            return Ok(self.config);
        }
        self.problems.sort_by_key(|problem| problem.span);
        Err(self.problems)
    }
}

impl Config {
    /// Reads deploylint.toml where all rules are known.
    pub fn parse(text: &str, source: &Source, names: &RuleNames) -> Result<Self, Vec<ConfigProblem>> {
        Draft::read(text, source).check(names)
    }
}

impl Reader<'_> {
    fn top(&mut self, root: &Node<'_>, config: &mut Config) {
        for (name, key, value) in self.table(root) {
            match name.as_str() {
                "scan" => self.scan(&value, config),
                "gate" => self.gate(&value, config),
                "rules" => self.rules(&value, config),
                "select" => config.select = self.selectors(&value),
                "ignore" => config.ignore = self.selectors(&value),
                "environments" => self.environments(&value, config),
                "sets" => config.sets = self.sets(&value),
                "externals" => config.externals = self.externals(&value),
                "services" => config.services = self.services(&value),
                "override" => config.overrides = self.each_table(&value, Self::one_override),
                "waiver" => config.waivers = self.each_table(&value, Self::waiver),
                "$schema" => {
                    self.text(&value);
                }
                _ => self.unknown_key(&key, TOP),
            }
        }
    }

    fn scan(&mut self, node: &Node<'_>, config: &mut Config) {
        for (name, key, value) in self.table(node) {
            match name.as_str() {
                "exclude" => {
                    let written = self.texts(&value);
                    config.scan.exclude = self.globs(&written);
                }
                "artifacts" => {
                    let written = self.texts(&value);
                    config.scan.artifacts = self.globs(&written);
                }
                "max-file-size" => config.scan.max_file_size = self.size(&value),
                _ => self.unknown_key(&key, SCAN),
            }
        }
    }

    fn gate(&mut self, node: &Node<'_>, config: &mut Config) {
        for (name, key, value) in self.table(node) {
            match name.as_str() {
                "fail-on" => config.fail_on = self.word(&value, FailOn::WORDS, FailOn::of_word),
                _ => self.unknown_key(&key, GATE),
            }
        }
    }

    /// A list of packs, or a table of levels that may hold such a list.
    fn rules(&mut self, node: &Node<'_>, config: &mut Config) {
        if node.is_sequence() {
            config.packs = self.packs(node);
            return;
        }
        for (name, key, value) in self.table(node) {
            match name.as_str() {
                PACKS => config.packs = self.packs(&value),
                _ => config.rules.0.extend(self.level(name, &key, &value)),
            }
        }
    }

    fn packs(&mut self, node: &Node<'_>) -> Vec<Pack> {
        let written = self.texts(node).into_iter();
        written.map(|(path, span)| Pack { path, source: self.source.clone(), span }).collect()
    }

    fn levels(&mut self, node: &Node<'_>) -> Levels {
        let entries = self.table(node).into_iter();
        Levels(entries.filter_map(|(name, key, value)| self.level(name, &key, &value)).collect())
    }

    fn level(&mut self, name: String, key: &Node<'_>, value: &Node<'_>) -> Option<(String, Level)> {
        self.rule(&name, key.span(), true);
        Some((name, self.word(value, Level::WORDS, Level::of_word)?))
    }

    fn selectors(&mut self, node: &Node<'_>) -> Vec<String> {
        let written = self.texts(node);
        for (name, span) in &written {
            self.rule(name, *span, true);
        }
        written.into_iter().map(|(name, _)| name).collect()
    }

    fn environments(&mut self, node: &Node<'_>, config: &mut Config) {
        for (name, key, value) in self.table(node) {
            let environment = match name.as_str() {
                "dev" => Environment::Dev,
                "staging" => Environment::Staging,
                "prod" => Environment::Prod,
                _ => {
                    self.unknown_key(&key, ENVIRONMENTS);
                    continue;
                }
            };
            let written = self.texts(&value);
            config.environments.push((self.globs(&written), environment));
        }
    }

    fn sets(&mut self, node: &Node<'_>) -> Vec<DeclaredSet> {
        let mut sets = Vec::new();
        for (set, set_key, table) in self.table(node) {
            let mut files = Vec::new();
            for (name, key, value) in self.table(&table) {
                match name.as_str() {
                    "files" => files = self.texts(&value),
                    _ => self.unknown_key(&key, SET),
                }
            }
            self.globs(&files);
            if files.is_empty() && table.is_mapping() {
                let arguments = vec![("set".into(), Argument::name(&set))];
                self.problem(set_key.span(), "the set `{set}` names no files", arguments, None);
            }
            sets.push(DeclaredSet { name: set, files: files.into_iter().map(|(file, _)| file).collect() });
        }
        sets
    }

    fn externals(&mut self, node: &Node<'_>) -> Vec<String> {
        let written = self.texts(node);
        for (glob, span) in &written {
            if let Err(error) = globset::Glob::new(glob) {
                self.bad_glob(*span, glob, error.kind().to_string());
            }
        }
        written.into_iter().map(|(glob, _)| glob).collect()
    }

    fn services(&mut self, node: &Node<'_>) -> Vec<DeclaredService> {
        let mut services = Vec::new();
        for (service, _, table) in self.table(node) {
            let mut declared = DeclaredService { name: service, ..DeclaredService::default() };
            for (name, key, value) in self.table(&table) {
                match name.as_str() {
                    "path" => declared.path = self.text(&value),
                    "image" => declared.image = self.text(&value),
                    "ports" => {
                        let ports =
                            value.items().iter().filter_map(|item| self.number(item, 65_535)).collect::<Vec<_>>();
                        declared.ports = ports.into_iter().filter_map(|port| u16::try_from(port).ok()).collect();
                    }
                    _ => self.unknown_key(&key, SERVICE),
                }
            }
            services.push(declared);
        }
        services
    }

    /// The tables of `[[name]]`.
    fn each_table<T>(&mut self, node: &Node<'_>, read: fn(&mut Self, &Node<'_>) -> Option<T>) -> Vec<T> {
        if !node.is_sequence() {
            self.problem(node.span(), "expected a list of tables: write the name in double brackets", Vec::new(), None);
        }
        node.items().iter().filter_map(|item| read(self, item)).collect()
    }

    fn one_override(&mut self, node: &Node<'_>) -> Option<Override> {
        let (mut paths, mut rules) = (None, Levels::default());
        for (name, key, value) in self.table(node) {
            match name.as_str() {
                "paths" => {
                    let written = self.texts(&value);
                    paths = Some(self.globs(&written));
                }
                "rules" => rules = self.levels(&value),
                _ => self.unknown_key(&key, OVERRIDE),
            }
        }
        if paths.is_none() && node.is_mapping() {
            self.problem(node.span(), "this override names no paths", Vec::new(), None);
        }
        Some(Override { paths: paths?, rules })
    }

    fn waiver(&mut self, node: &Node<'_>) -> Option<Waiver> {
        let source = self.source.clone();
        let (mut rule, mut place) = (None, node.span());
        let (mut path, mut subject, mut reason, mut owner, mut until) = (None, None, None, None, None);
        for (name, key, value) in self.table(node) {
            match name.as_str() {
                "rule" => {
                    place = value.span();
                    rule = self.text(&value);
                    if let Some(written) = &rule {
                        self.rule(written, value.span(), false);
                    }
                }
                "path" => {
                    let written: Vec<(String, Span)> =
                        self.text(&value).map(|glob| (glob, value.span())).into_iter().collect();
                    path = Some(self.globs(&written));
                }
                "match" => subject = self.subject(&value),
                "reason" => reason = self.text(&value).filter(|text| !text.trim().is_empty()),
                "owner" => owner = self.text(&value),
                "until" => until = self.date(&value),
                _ => self.unknown_key(&key, WAIVER),
            }
        }
        if node.is_mapping() && node.get("rule").is_none() {
            self.problem(node.span(), "this waiver names no rule", Vec::new(), None);
        }
        if node.is_mapping() && node.get("path").is_none() && node.get("match").is_none() {
            let help = Message::plain(
                "name a `path`, or what is meant with `match`, as the json output gives it in `subject`",
            );
            self.problem(
                node.span(),
                "this waiver would accept the rule's findings everywhere",
                Vec::new(),
                Some(help),
            );
        }
        Some(Waiver { rule: rule?, path, subject, reason, owner, until, source, span: place })
    }

    fn subject(&mut self, node: &Node<'_>) -> Option<SubjectGlob> {
        let written = self.text(node)?;
        match SubjectGlob::new(&written) {
            Ok(glob) => Some(glob),
            Err(reason) => {
                self.bad_glob(node.span(), &written, reason);
                None
            }
        }
    }

    /// A size: a number of bytes, or `"10 MB"`.
    fn size(&mut self, node: &Node<'_>) -> Option<u64> {
        let text = node.text().unwrap_or_default().replace('_', "");
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let unit: Option<u64> = match text[digits..].trim() {
            "" | "B" => Some(1),
            "kB" | "KB" => Some(1_000),
            "MB" => Some(1_000_000),
            "KiB" => Some(1 << 10),
            "MiB" => Some(1 << 20),
            _ => None,
        };
        let number: Option<u64> = text[..digits].parse().ok();
        let size = number.and_then(|number| number.checked_mul(unit?)).filter(|size| (1..LARGEST_FILE).contains(size));
        if size.is_none() {
            let words = "expected a size below 4 GiB: a number of bytes, or a string such as \"10 MB\"";
            self.problem(node.span(), words, Vec::new(), None);
        }
        size
    }
}
