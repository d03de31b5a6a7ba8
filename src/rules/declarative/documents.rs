//! `files:` and `select:`, what a rule about raw documents asks for.

use std::sync::Arc;

use super::written_part;
use crate::facts::{FILE_KINDS, Fact, Match};
use crate::rules::FrontMatter;
use crate::rules::written::{Complaints, Text, shown};
use crate::scope::Globs;
use crate::source::Span;
use crate::syntax::query::Query;
use crate::value::meant;

/// The documents that a rule asks for, and what of them.
#[derive(Clone, Debug)]
pub struct Documents {
    /// Same for all rules that ask for the same; facts carry it.
    pub key: Arc<str>,
    /// Files by name.
    pub files: Globs,
    /// Files by kind.
    pub kinds: Vec<String>,
    /// What of them.
    pub query: Query,
}

impl Documents {
    /// What a rule asks for; `None` when it asks for no documents, or wrongly. `file` is the text of the
    /// rule's file, `start` where a key that is missing would stand.
    pub fn of(front: &FrontMatter, file: &str, start: Span, complaints: &mut Complaints) -> Option<Self> {
        if front.subject.as_deref() != Some(Match::KIND) {
            let written =
                [("select", front.select.as_ref()), ("files", front.files.as_ref().and_then(|files| files.first()))];
            for (key, text) in written {
                let Some(text) = text else { continue };
                let message = format!("`{key}` is for `subject: {}`", Match::KIND);
                complaints.add_with(text.span, message, "leave it out, or ask for documents as they are written");
            }
            return None;
        }
        if front.files.is_none() {
            let help = format!("list globs, or kinds of files: {}", FILE_KINDS.join(", "));
            complaints.add_with(start, "the key `files` is missing: which documents are meant", help);
        }
        let Some(select) = &front.select else {
            // One that is written and is no text was complained of.
            if complaints.0.is_empty() {
                let help = "write a JSONPath (RFC 9535) such as `$.services[*].image`";
                complaints.add_with(start, "the key `select` is missing: what of the documents is meant", help);
            }
            return None;
        };
        let query = Query::parse(select)
            .map_err(|error| {
                let end = select[error.at..].chars().next().map_or(error.at, |next| error.at + next.len_utf8());
                complaints.add(written_part(file, select.span, select, error.at, end), error.message);
            })
            .ok();
        let written = front.files.as_deref().unwrap_or_default();
        let (kinds, globs): (Vec<&Text>, Vec<&Text>) = written.iter().partition(|name| FILE_KINDS.contains(&&***name));
        let mut is_good = !written.is_empty();
        for glob in &globs {
            if !glob.contains(['*', '?', '[', '{', '/', '.'])
                && let Some(kind) = meant(glob, FILE_KINDS.iter().copied())
            {
                let help = format!("did you mean `{kind}`? a file of that name is `**/{}`", shown(glob));
                complaints.add_with(glob.span, format!("`{}` is no kind of file", shown(glob)), help);
                is_good = false;
            } else if glob.split('/').any(|name| name == "..") {
                let help = "paths start at the root of the repository and never have `..`";
                complaints.add_with(glob.span, "nothing outside the repository can be meant here", help);
                is_good = false;
            } else if let Err(error) = Globs::new(&[&***glob]) {
                complaints.add(glob.span, format!("`{}` is not a glob: {}", shown(glob), error.reason));
                is_good = false;
            }
        }
        let names: Vec<&str> = written.iter().map(|name| &**name).collect();
        let globs: Vec<&str> = globs.iter().map(|glob| &***glob).collect();
        let files = Globs::new(&globs).ok().filter(|_| is_good)?;
        Some(Self {
            key: format!("{}\n{}", names.join("\n"), &**select).into(),
            files,
            kinds: kinds.iter().map(|kind| kind.to_string()).collect(),
            query: query?,
        })
    }
}
