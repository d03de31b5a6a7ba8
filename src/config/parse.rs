//! From written configuration to [`Config`].

use super::keys::{ENVIRONMENTS, GATE, OVERRIDE, PACKS, SCAN, SERVICE, SET, TOP, WAIVER};
use super::reader::{Named, Reader};
use super::{
    Config, ConfigProblem, DeclaredService, DeclaredSet, FailOn, Level, Levels, Override, Pack, RuleNames, SubjectGlob,
    Waiver,
};
use crate::diagnostic::{Argument, Message};
use crate::facts::Environment;
use crate::source::{Source, Span};
use crate::syntax::{self, Node, toml};

/// Largest `max-file-size`, bytes: spans are 32 bits wide.
const LARGEST_FILE: u64 = 4 << 30;

/// Most problems that are told of one file.
const MOST_PROBLEMS: usize = 20;

/// The text of deploylint.toml, or why it is none. A byte order mark may stand before it.
pub fn text_of(bytes: &[u8], source: &Source) -> Result<String, ConfigProblem> {
    let refused = |words: &str, help: &str, at: usize| ConfigProblem {
        message: Message::plain(words),
        help: Some(Message::plain(help)),
        source: source.clone(),
        span: Span::new(at, at + 1),
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|error| refused("the file is not valid UTF-8", "save it as UTF-8", error.valid_up_to()))?;
    match text.find('\0') {
        Some(at) => Err(refused("the file is no text: a NUL byte stands in it", "save it as UTF-8", at)),
        None => Ok(text.to_owned()),
    }
}

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
        // What follows the first is often only its echo; of several at one place the parser tells the
        // innermost last.
        if let Some(problem) = parsed.problems.iter().rev().min_by_key(|problem| problem.span.start) {
            reader.syntax(problem, text);
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
        self.problems.truncate(MOST_PROBLEMS);
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
                "override" => config.overrides = self.each_table("[[override]]", &value, Self::one_override),
                "waiver" => config.waivers = self.each_table("[[waiver]]", &value, Self::waiver),
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
        if !node.is_mapping() {
            self.wrong_type(node, "a list of packs or a table of levels");
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
        if value.is_mapping() {
            // `probe.missing-readiness = "off"`: to TOML a dot makes a table.
            let help = "write the id of a rule with a slash and in quotes: `\"probe/missing-readiness\" = \"off\"`";
            self.problem_with(key.span(), "a level must stand here, and this is a table", help);
            return None;
        }
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
                    "path" => {
                        declared.path = self.text(&value);
                        let written = declared.path.iter().map(|path| (path.clone(), value.span()));
                        self.globs(&written.collect::<Vec<_>>());
                    }
                    "image" => declared.image = self.text(&value),
                    "ports" => {
                        if !value.is_sequence() {
                            self.wrong_type(&value, "a list of ports");
                        }
                        declared.ports = value.items().iter().filter_map(|item| self.port(item)).collect();
                    }
                    _ => self.unknown_key(&key, SERVICE),
                }
            }
            services.push(declared);
        }
        services
    }

    /// The tables of `[[name]]`.
    fn each_table<T>(
        &mut self,
        header: &'static str,
        node: &Node<'_>,
        read: fn(&mut Self, &Node<'_>) -> Option<T>,
    ) -> Vec<T> {
        if !node.is_sequence() {
            let arguments = vec![("header".into(), Argument::words(header))];
            self.problem(node.span(), "expected a list of tables: write `{header}` above each", arguments, None);
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
            let help = "say for which files with `paths = [\"tools/**\"]`";
            self.problem_with(node.span(), "this override names no paths", help);
        }
        if node.is_mapping() && node.get("rules").is_none() {
            let help = "add `rules = { … }` with the levels for these paths";
            self.problem_with(node.span(), "this override changes nothing: it sets no level", help);
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
            let help = "add `rule = \"…\"` with the id that the finding shows";
            self.problem_with(node.span(), "this waiver names no rule", help);
        }
        if node.is_mapping() && node.get("path").is_none() && node.get("match").is_none() {
            let help = "name a `path`, or what is meant with `match`, as the json output gives it in `subject`";
            self.problem_with(node.span(), "this waiver would accept the rule's findings everywhere", help);
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

    fn port(&mut self, node: &Node<'_>) -> Option<u16> {
        let port = self.number(node, 1..=65_535)?;
        u16::try_from(port).ok()
    }

    /// Words for a text that is no TOML: the parser's, and what people mostly mean.
    fn syntax(&mut self, problem: &syntax::Problem, text: &str) {
        let written = text.get(problem.span.range()).unwrap_or_default();
        let is_at_line_end = text.get(problem.span.start as usize..).is_some_and(|rest| rest.starts_with(['\r', '\n']));
        let (message, help) = match problem.message.as_str() {
            said if said.starts_with("string values must be quoted") && written.trim().is_empty() => {
                ("a value is missing", None)
            }
            said if said.starts_with("string values must be quoted") => ("string values must be quoted", None),
            said if said.starts_with("invalid basic string, expected `\"`") => ("the string is not closed", None),
            said if said.contains("visible characters") && is_at_line_end => ("the string is not closed", None),
            said if said.contains("visible characters") => ("a control character cannot stand in a string", None),
            said if said.starts_with("invalid unquoted key") => {
                (said, Some("a name with other characters than letters, digits, `-` and `_` stands in quotes"))
            }
            said if said == "duplicate key" && written == "rules" => {
                (said, Some("beside `[rules]`, packs are named in it: `packs = [\"…\"]`"))
            }
            said => (said, None),
        };
        let arguments = vec![("problem".into(), Argument::words(message))];
        self.problem(problem.span, "not valid TOML: {problem}", arguments, help.map(Message::plain));
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
            let help = "write a number of bytes, or a string such as \"10 MB\"";
            self.problem_with(node.span(), "expected a size above 0 and below 4 GiB", help);
        }
        size
    }
}
