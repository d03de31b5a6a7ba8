//! Rules of people's own: those of the judged tree and of packs, put beside the built-in ones.
//!
//! A rule file lies at `<family>/<name>.md` of its folder and has the id `local/<family>/<name>`.
//! Whatever cannot be used is said, and the rest is used.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folders::relative;
use crate::config::Pack;
use crate::rules::{ProblemOf, Registry, RuleOrigin, RuleProblem};
use crate::source::{ContentId, Source, Span, TreePath, visible};
use crate::tree::{Disk, EntryKind, Stat, Tree, TreeError, system};

/// Folder of a repository's own rules.
pub const OWN_FOLDER: &str = ".deploylint/rules";

/// Family of all rules that are not built in.
const FAMILY: &str = "local";
/// Largest rule file, bytes.
const RULE_CAP: u64 = 256 << 10;
/// Most rule files of one run.
const MOST_RULES: usize = 2_000;
/// Longest name of a rule or family, bytes.
const LONGEST_NAME: usize = 60;
/// What people call rule files that do not end in `.md`.
const OTHER_EXTENSIONS: &[&str] = &["markdown", "mdx", "md", "yaml", "yml"];

const RULE_PLACE: &str = "a rule's file is `<family>/<name>.md`";
const LINK_HELP: &str =
    "rules outside the repository are a pack: name their folder in deploylint.toml, `rules = [\"../pack\"]`";
const NAMES: &str = "names have lower-case letters, digits and single dashes";

/// Where rules are looked for.
#[derive(Default)]
pub struct RulePlaces<'a> {
    /// The judged tree, for its own rules and for packs that lie in it.
    pub tree: Option<&'a dyn Tree>,
    /// Packs that its configuration names.
    pub packs: &'a [Pack],
    /// Packs that the command line names, on disk.
    pub folders: &'a [PathBuf],
}

/// Rules of people's own beside the built-in ones.
pub struct OwnRules {
    /// All rules that can be used.
    pub registry: Registry,
    /// What cannot be used.
    pub problems: Vec<RuleProblem>,
    /// Files with problems that lie on disk, wherever the judged tree is.
    pub outside: Vec<(Source, Arc<[u8]>)>,
}

/// Reads all rule files of some places. Of two with one id the first holds: the tree's before those of
/// its packs, and these before those of the command line.
pub fn registry_with(builtin: &Registry, places: &RulePlaces<'_>) -> OwnRules {
    let from = places.tree.and_then(Tree::folder).map_or_else(system::working_directory, Path::to_path_buf);
    let mut loader = Loader {
        own: OwnRules { registry: builtin.clone(), problems: Vec::new(), outside: Vec::new() },
        seen: BTreeSet::new(),
        from,
        count: 0,
    };
    if let Some(tree) = places.tree {
        let folder = TreePath::from(OWN_FOLDER);
        loader.seen.insert(folder.clone());
        loader.own_folder(&Place { tree, base: folder.clone(), shown: folder, is_on_disk: false });
        for pack in places.packs {
            loader.pack(tree, pack);
        }
    }
    for folder in places.folders {
        let shown = visible(folder.as_os_str().as_encoded_bytes());
        if let Err(message) = loader.disk(folder) {
            let help = "--rules takes a folder with rule files `<family>/<name>.md`";
            loader.refuse_pack(&shown, RuleOrigin::Builtin, Span::default(), message, help);
        }
    }
    loader.own
}

/// A folder of rules.
struct Place<'a> {
    tree: &'a dyn Tree,
    /// Where it is in that tree.
    base: TreePath,
    /// Where it is as seen from the root of the judged tree.
    shown: TreePath,
    is_on_disk: bool,
}

impl Place<'_> {
    fn shown(&self, below: &TreePath) -> TreePath {
        self.shown.joined(below)
    }

    fn path(&self, below: &TreePath) -> TreePath {
        self.base.joined(below)
    }

    fn names(&self, below: &TreePath) -> Vec<TreePath> {
        let names = self.tree.names(&self.path(below));
        names.iter().filter(|name| !name.starts_with(b".")).map(|name| below.child(name)).collect()
    }

    fn kind(&self, below: &TreePath) -> Option<EntryKind> {
        self.tree.resolve(&self.path(below)).map(|stat| stat.kind)
    }

    fn holds_rules(&self, below: &TreePath) -> bool {
        self.names(below).iter().any(is_rule_file)
    }
}

struct Loader {
    own: OwnRules,
    /// Folders that were read, as seen from the root of the judged tree.
    seen: BTreeSet<TreePath>,
    /// Folder on disk from which others are seen.
    from: PathBuf,
    count: usize,
}

impl Loader {
    /// A pack that the configuration names.
    fn pack(&mut self, tree: &dyn Tree, pack: &Pack) {
        let refused = match TreePath::root().join(&pack.path) {
            _ if pack.path.trim().is_empty() => Err("the path is empty".to_owned()),
            _ if Path::new(&pack.path).is_absolute() => Err("the path is not relative to this file".to_owned()),
            Some(base) if tree.resolve(&base).map(|stat| stat.kind) == Some(EntryKind::Folder) => {
                self.read_pack(&Place { tree, base: base.clone(), shown: base, is_on_disk: false })
            }
            Some(base) => Err(no_folder(tree.resolve(&base).is_some())),
            None => match tree.folder() {
                Some(folder) => self.disk(&folder.join(&pack.path)),
                None => Err("it lies outside the repository, and beside a bare repository nothing is read".to_owned()),
            },
        };
        if let Err(message) = refused {
            let is_bare = tree.folder().is_none() && TreePath::root().join(&pack.path).is_none();
            let help = if is_bare {
                "name the folder with --rules"
            } else {
                "a pack is a folder with rule files `<family>/<name>.md`"
            };
            let origin = RuleOrigin::File(pack.source.clone());
            self.refuse_pack(&pack.path, origin, pack.span, message, help);
        }
    }

    /// A pack on disk.
    fn disk(&mut self, folder: &Path) -> Result<(), String> {
        let place = system::locate(folder).and_then(|place| Ok((Disk::new(&place)?, place)));
        let (disk, place) = place.map_err(|error| match error {
            TreeError::Missing => no_folder(false),
            TreeError::NotAFile => no_folder(true),
            other => other.to_string(),
        })?;
        let shown = TreePath::new(relative(&place, &self.from).as_bytes());
        let shown = if shown.as_bytes() == b"." { TreePath::root() } else { shown };
        self.read_pack(&Place { tree: &disk, base: TreePath::root(), shown, is_on_disk: true })
    }

    fn read_pack(&mut self, place: &Place<'_>) -> Result<(), String> {
        if !self.seen.insert(place.shown.clone()) || self.folder(place) > 0 {
            return Ok(());
        }
        Err("no rule file `<family>/<name>.md` is in it".to_owned())
    }

    /// The folder of the judged tree, which need not be there.
    fn own_folder(&mut self, place: &Place<'_>) {
        let root = TreePath::root();
        match place.kind(&root) {
            Some(EntryKind::Folder) => {
                self.folder(place);
            }
            Some(_) => self.refuse_file(place, &root, "it is no folder", RULE_PLACE),
            // A link that leads nowhere is there none the less.
            None => {
                let above = place.base.parent();
                if place.tree.stat(&place.base).is_some() || place.tree.stat(&above).is_some_and(is_link) {
                    self.refuse_link(place, &root);
                }
            }
        }
    }

    /// The rule files of a folder, and how many things there were meant as one.
    fn folder(&mut self, place: &Place<'_>) -> usize {
        let before = self.count + self.own.problems.len();
        self.listed(place, &TreePath::root());
        for below in place.names(&TreePath::root()) {
            match place.kind(&below) {
                Some(EntryKind::Folder) if is_rule_file(&below) => {
                    self.refuse_file(place, &below, "it is a folder", RULE_PLACE);
                }
                Some(EntryKind::Folder) => self.family(place, &below),
                _ if is_rule_file(&below) && !is_document(&below) => {
                    self.refuse_file(place, &below, "it lies in no folder that names its family", RULE_PLACE);
                }
                None => self.refuse_link(place, &below),
                _ => {}
            }
        }
        self.count + self.own.problems.len() - before
    }

    fn family(&mut self, place: &Place<'_>, family: &TreePath) {
        if !is_name(&family.file_name()) {
            if place.holds_rules(family) {
                self.refuse_file(place, family, "its name cannot be that of a family", NAMES);
            }
            return;
        }
        self.listed(place, family);
        for below in place.names(family) {
            if place.kind(&below) == Some(EntryKind::Folder) {
                if is_rule_file(&below) {
                    self.refuse_file(place, &below, "it is a folder", RULE_PLACE);
                } else if place.holds_rules(&below) {
                    self.refuse_file(place, &below, "its rule files lie too deep to be read", RULE_PLACE);
                }
            } else if is_document(&below) {
            } else if is_rule_file(&below) {
                self.rule(place, &below);
            } else if below.extension().is_some_and(|extension| OTHER_EXTENSIONS.contains(&extension.as_str())) {
                self.refuse_file(place, &below, "its name does not end in `.md`", RULE_PLACE);
            }
        }
    }

    fn rule(&mut self, place: &Place<'_>, below: &TreePath) {
        let text = below.lossy();
        let Some((family, name)) = text.trim_end_matches(".md").split_once('/').filter(|(_, name)| is_name(name))
        else {
            self.refuse_file(place, below, "its name cannot be that of a rule", NAMES);
            return;
        };
        if self.count == MOST_RULES {
            self.refuse_file(place, below, &format!("more than {MOST_RULES} rules of one's own"), "use fewer rules");
        }
        self.count += 1;
        if self.count > MOST_RULES {
            return;
        }
        let id = format!("{FAMILY}/{family}/{name}");
        let read = place.tree.read(&place.path(below), RULE_CAP);
        let bytes = read.as_deref().unwrap_or_default();
        let source = Source::new(place.shown(below), ContentId::of(bytes));
        let origin = RuleOrigin::File(source.clone());
        let problem = |message: String, at: usize| {
            vec![RuleProblem::about(&id, origin.clone(), message, Span::new(at, (at + 1).min(bytes.len())))]
        };
        let problems = match (&read, std::str::from_utf8(bytes)) {
            _ if self.own.registry.get(&format!("{family}/{name}")).is_some() => {
                let help = "rename the file; the level of a built-in rule is set in deploylint.toml".to_owned();
                let mut found = problem(format!("a built-in rule has this name: `{family}/{name}`"), 0);
                found.iter_mut().for_each(|problem| problem.help = Some(help.clone()));
                found
            }
            (Err(TreeError::Link(reason)), _) => {
                self.refuse_file(place, below, reason, LINK_HELP);
                self.own.registry.add_broken(&id);
                return;
            }
            (Err(error), _) => problem(format!("its file cannot be read: {error}"), 0),
            (Ok(_), Err(error)) => problem("its file is not valid UTF-8".to_owned(), error.valid_up_to()),
            (Ok(_), Ok(text)) => match text.find('\0') {
                Some(at) => problem("its file is no text: a NUL byte stands in it".to_owned(), at),
                None => self.own.registry.add(&id, text, origin.clone()),
            },
        };
        if problems.is_empty() {
            return;
        }
        self.own.registry.add_broken(&id);
        self.own.problems.extend(problems);
        if place.is_on_disk {
            self.own.outside.push((source, bytes.into()));
        }
    }

    /// Says that the names in a folder cannot be told.
    fn listed(&mut self, place: &Place<'_>, folder: &TreePath) {
        if let Some(error) = place.tree.unlisted(&place.path(folder)) {
            self.refuse_file(place, folder, &format!("it cannot be read: {error}"), "let it be read");
        }
    }

    /// Says that a link leads nowhere.
    fn refuse_link(&mut self, place: &Place<'_>, below: &TreePath) {
        if let Err(error @ TreeError::Link(_)) = place.tree.read(&place.path(below), RULE_CAP) {
            self.refuse_file(place, below, &error.to_string(), LINK_HELP);
        }
    }

    fn refuse_file(&mut self, place: &Place<'_>, below: &TreePath, message: &str, help: &str) {
        let shown = place.shown(below);
        let origin = RuleOrigin::File(Source::new(shown.clone(), ContentId::of(b"")));
        self.own.problems.push(RuleProblem {
            of: ProblemOf::File,
            help: Some(help.to_owned()),
            ..RuleProblem::about(&shown.to_string(), origin, message, Span::default())
        });
    }

    fn refuse_pack(&mut self, pack: &str, origin: RuleOrigin, span: Span, message: String, help: &str) {
        self.own.problems.push(RuleProblem {
            of: ProblemOf::Pack,
            help: Some(help.to_owned()),
            ..RuleProblem::about(pack, origin, message, span)
        });
    }
}

fn no_folder(is_something: bool) -> String {
    if is_something { "it is no folder".to_owned() } else { "no such folder is there".to_owned() }
}

fn is_link(stat: Stat) -> bool {
    stat.kind == EntryKind::Link
}

fn is_rule_file(path: &TreePath) -> bool {
    path.as_bytes().ends_with(b".md")
}

/// What lies beside rules in a repository of them: README.md, CHANGELOG.md.
fn is_document(path: &TreePath) -> bool {
    let name = path.file_name();
    let stem = name.split('.').next().unwrap_or_default();
    stem.chars().any(|c| c.is_ascii_uppercase()) && !stem.chars().any(|c| c.is_ascii_lowercase())
}

fn is_name(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.len() <= LONGEST_NAME && name.split('-').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    const GOOD: &str =
        "---\nsummary: s\nseverity: error\nsubject: container\nrequire: { image: present }\nmessage: m\n---\n";

    fn load(files: &[(&str, &str)]) -> (Vec<String>, Vec<(String, String)>) {
        let tree = Memory::new(files.iter().copied());
        let own = registry_with(&Registry::builtin().0, &RulePlaces { tree: Some(&tree), ..RulePlaces::default() });
        let ids = own.registry.rules().map(|rule| rule.id.to_string()).filter(|id| id.starts_with("local/"));
        (ids.collect(), own.problems.iter().map(|problem| (problem.id.clone(), problem.message.clone())).collect())
    }

    #[test]
    fn what_is_no_rule_file_is_said_or_left_alone() {
        let (ids, problems) = load(&[
            (".deploylint/rules/README.md", ""),
            (".deploylint/rules/team/README.md", ""),
            (".deploylint/rules/team/CHANGELOG.md", ""),
            (".deploylint/rules/team/.hidden.md", ""),
            (".deploylint/rules/team/notes.pdf", ""),
            (".deploylint/rules/team/good.md", GOOD),
            (".deploylint/rules/team/fixtures/a.yaml", ""),
        ]);
        assert_eq!((ids, problems), (vec!["local/team/good".to_owned()], vec![]));
    }

    #[test]
    fn wrong_places_and_names_are_said() {
        for (path, part) in [
            (".deploylint/rules/x.md", "no folder that names its family"),
            (".deploylint/rules/Team/x.md", "that of a family"),
            (".deploylint/rules/team/Own_er.md", "that of a rule"),
            (".deploylint/rules/team/a--b.md", "that of a rule"),
            (".deploylint/rules/team/x.yaml", "does not end in `.md`"),
            (".deploylint/rules/team/x.MD", "does not end in `.md`"),
            (".deploylint/rules/team/more/x.md", "too deep"),
            (".deploylint/rules/probe/missing-readiness.md", "a built-in rule has this name"),
        ] {
            let (ids, problems) = load(&[(path, GOOD)]);
            assert_eq!(ids, Vec::<String>::new(), "{path}");
            assert!(problems.len() == 1 && problems[0].1.contains(part), "{path}: {problems:?}");
        }
    }
}
