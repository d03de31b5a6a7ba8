//! Literal credentials in environment variables, settings, arguments and URLs.

mod keys;
mod values;

use std::collections::{HashMap, HashSet};

use super::words::{Text, texts};
use crate::facts::{Container, Credential, EnvironmentVariable, Function, Id, Place, SecretText, Setting};
use crate::graph::Graph;
use crate::source::{HopKind, Origin, Source, Span};
use crate::value::Value;
pub(crate) use keys::is_credential;
use values::Judgement;

/// Longest value that is looked at, bytes.
const LONGEST: usize = 20_000;

/// The credentials of all sets, in their order. A place that several sets or services share (a base
/// file, an anchor) is one credential.
pub(super) fn derive(graph: &Graph) -> Vec<Credential> {
    let mut found = Collected::default();
    let names = names_by_holder(graph);
    for (id, variable) in graph.each::<EnvironmentVariable>() {
        let others = names.get(&(variable.container, variable.function)).map_or(&[][..], Vec::as_slice);
        if keys::is_name_half(&variable.name, others) {
            continue;
        }
        found.add(&Holder {
            place: &variable.place,
            technology: variable.technology,
            key: &variable.name,
            value: &variable.value,
            given: variable.given,
            variable: Some(id),
            setting: None,
        });
    }
    for (id, setting) in graph.each::<Setting>() {
        found.add(&Holder {
            place: &setting.place,
            technology: setting.technology,
            key: &setting.key,
            value: &setting.value,
            given: "file",
            variable: None,
            setting: Some(id),
        });
    }
    found.out.sort_by_key(|credential| credential.place.set);
    found.out
}

/// Who gets a variable: a container or a function.
type Getter = (Option<Id<Container>>, Option<Id<Function>>);

/// Names of the variables that each container and function gets.
fn names_by_holder(graph: &Graph) -> HashMap<Getter, Vec<&str>> {
    let mut names: HashMap<Getter, Vec<&str>> = HashMap::new();
    for (_, variable) in graph.each::<EnvironmentVariable>() {
        names.entry((variable.container, variable.function)).or_default().push(&variable.name);
    }
    names
}

#[derive(Default)]
struct Collected {
    out: Vec<Credential>,
    seen: HashSet<(Source, Span, &'static str)>,
}

struct Holder<'a> {
    place: &'a Place,
    technology: &'static str,
    key: &'a str,
    value: &'a Value<String>,
    given: &'static str,
    variable: Option<Id<EnvironmentVariable>>,
    setting: Option<Id<Setting>>,
}

impl Collected {
    fn add(&mut self, holder: &Holder<'_>) {
        // Of a setting the last keys name it: `auth.password.value` is rare, `secrets.retention` is not one.
        let name = holder.setting.map_or(holder.key, |_| last_keys(holder.key));
        let is_credential = is_credential(name);
        let is_password = name.to_ascii_lowercase().contains("pass") || name.to_ascii_lowercase().contains("pwd");
        for text in texts(holder.value).iter().filter(|text| text.text.len() <= LONGEST) {
            let form = if text.condition.is_some() { "fallback" } else { "literal" };
            let judgement = if is_credential { values::judge(&text.text, is_password) } else { Judgement::No };
            if let Judgement::Is(strength) = judgement {
                let origin = text.place(0, &text.text);
                self.push(holder, (form, strength), text, &text.text, origin);
                continue;
            }
            self.url(holder, text);
        }
    }

    fn url(&mut self, holder: &Holder<'_>, text: &Text<'_>) {
        let Some((at, password)) = values::url_password(&text.text) else { return };
        let Judgement::Is(strength) = values::judge(password, true) else { return };
        let form = if text.condition.is_some() { "fallback" } else { "url" };
        let origin = text.place(at, password);
        self.push(holder, (form, strength), text, password, origin);
    }

    fn push(
        &mut self,
        holder: &Holder<'_>,
        (form, strength): (&'static str, &'static str),
        text: &Text<'_>,
        secret: &str,
        origin: Origin,
    ) {
        if !self.seen.insert((origin.source.clone(), origin.span, holder.technology)) {
            return;
        }
        // What comes from a file of variables is not written where it is used.
        let is_from_file =
            !text.is_written(secret) || origin.steps().iter().any(|hop| hop.kind == HopKind::EnvironmentFile);
        self.out.push(Credential {
            place: Place { set: holder.place.set, path: holder.place.path.clone(), origin },
            technology: holder.technology,
            variable: holder.variable,
            setting: holder.setting,
            key: holder.key.to_owned(),
            form,
            given: if is_from_file { "file" } else { holder.given },
            strength,
            secret: SecretText::new(secret),
        });
    }
}

/// The last key, with the one before it where the last alone says little (`database.pass`, `jwt.key`).
fn last_keys(key: &str) -> &str {
    let mut dots = key.rmatch_indices('.').map(|(at, _)| at);
    let (last, before) = (dots.next(), dots.next());
    match (last, before) {
        (Some(last), _) if !matches!(&key[last + 1..], "key" | "value") => &key[last + 1..],
        (Some(_), Some(before)) => &key[before + 1..],
        _ => key,
    }
}
