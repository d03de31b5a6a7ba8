//! For people: sizes against limits, what is reached, and the largest packages.

use super::{Contents, File, Function, Group, Limit, Reach, Weight};
use crate::render::counts::counted;
use crate::render::words::name;

/// Most packages that are listed.
const PACKAGES: usize = 30;
/// Most files that are listed.
const FILES: usize = 5;
/// Longest name that is shown whole, characters.
const NAME: usize = 80;
/// Most layers that are listed.
const LAYERS: usize = 10;

/// The contents as text.
pub fn render(contents: &Contents) -> String {
    let mut out = format!(
        "{}: {}, {}\n",
        short(&contents.file, 2 * NAME),
        contents.format,
        counted(contents.weight.members, "member")
    );
    for line in function(&contents.function) {
        out.push_str(&format!("  {line}\n"));
    }
    out.push('\n');
    out.push_str(&table(&contents.limits.iter().map(limit).collect::<Vec<_>>(), "  "));
    out.push_str(&layers(contents));
    out.push('\n');
    let is_said = contents.reach.unknown == contents.function.handler_problem;
    out.push_str(&reach(&contents.reach, is_said));
    out.push('\n');
    out.push_str(&packages(&contents.groups));
    out.push('\n');
    out.push_str(&files(&contents.files));
    out
}

/// How it runs, as far as it is known.
fn function(function: &Function) -> Vec<String> {
    let runtime = match (&function.runtime, function.is_runtime_assumed) {
        (Some(runtime), false) => short(runtime, NAME),
        (Some(runtime), true) => format!("{} (assumed: nobody names the runtime)", short(runtime, NAME)),
        (None, _) if function.platform.is_empty() => "not known".to_owned(),
        (None, _) => format!("{}, no version is named", short(&function.platform, NAME)),
    };
    let architecture = function.architecture.as_ref().map(|architecture| format!(", {architecture}"));
    let file = function.handler_file.as_ref().map(|file| short(file, NAME));
    let mut handler = match (&function.handler, file) {
        (Some(handler), Some(file)) => format!("{} in {file}", short(handler, NAME)),
        (Some(handler), None) => short(handler, NAME),
        // A custom runtime has none that anybody must name.
        (None, Some(file)) => format!("not needed, the platform starts {file}"),
        (None, None) => "not known".to_owned(),
    };
    if function.is_handler_guessed && function.handler.is_some() {
        handler.push_str(" (a guess: nobody names the handler)");
    }
    if let Some(problem) = &function.handler_problem {
        handler.push_str(&format!(": {}", short(problem, 4 * NAME)));
    }
    vec![format!("runtime  {runtime}{}", architecture.unwrap_or_default()), format!("handler  {handler}")]
}

fn limit(limit: &Limit) -> Vec<Cell> {
    let share = limit.per_mille();
    let over = if limit.bytes > limit.limit { "too large" } else { "" };
    vec![
        Cell::Left(limit.meaning.to_owned()),
        Cell::Right(size(limit.bytes)),
        Cell::Left(format!("of {}", size(limit.limit))),
        Cell::Right(format!("{}.{} %", share / 10, share % 10)),
        Cell::Left(over.to_owned()),
    ]
}

fn layers(contents: &Contents) -> String {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for layer in contents.layers.iter().take(LAYERS) {
        let label = format!("layer {}", short(&layer.file, NAME));
        let weight = format!("unzipped, {}", counted(layer.weight.members, "member"));
        rows.push(vec![Cell::Left(label), Cell::Right(size(layer.weight.bytes)), Cell::Left(weight)]);
    }
    let mut out = table(&rows, "  ");
    if contents.layers.len() > LAYERS {
        out.push_str(&format!("  and {}\n", counted(contents.layers.len() - LAYERS, "more layer")));
    }
    out
}

/// `is_said`: the handler's line says already why it is not known.
fn reach(reach: &Reach, is_said: bool) -> String {
    if reach.unknown.is_some() && is_said {
        return "  what the handler reaches is not known\n".to_owned();
    }
    if let Some(why) = &reach.unknown {
        return format!("  what the handler reaches is not known: {}\n", short(why, 4 * NAME));
    }
    let row = |label: &str, weight: &Weight| {
        vec![
            Cell::Left(label.to_owned()),
            Cell::Right(counted(weight.members, "file")),
            Cell::Right(size(weight.bytes)),
            Cell::Left(weight.compressed.map(|packed| format!("({} zipped)", size(packed))).unwrap_or_default()),
        ]
    };
    let mut out = table(&[row("reached by the handler", &reach.reached), row("not reached", &reach.rest)], "  ");
    if reach.in_layers > 0 {
        out.push_str(&format!("  and of the layers {}\n", counted(reach.in_layers, "file")));
    }
    let doubts: Vec<String> = [
        (reach.computed, "import", "worked out at run time"),
        (reach.guarded, "file", "behind guarded imports"),
        (reach.unread, "file", "that could not be read as code"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, thing, what)| format!("{} {what}", counted(count, thing)))
    .collect();
    if !doubts.is_empty() {
        out.push_str(&format!("  not followed, so more may be loaded: {}\n", doubts.join(", ")));
    }
    out
}

fn packages(groups: &[Group]) -> String {
    let right = |text: &str| Cell::Right(text.to_owned());
    let left = |text: &str| Cell::Left(text.to_owned());
    let is_packed = groups.iter().any(|group| group.weight.compressed.is_some());
    let is_any_loaded = groups.iter().any(|group| group.reached == "yes");
    let mut rows = vec![vec![
        right("unzipped"),
        right(if is_packed { "zipped" } else { "" }),
        right("members"),
        left("reached"),
        right(if is_any_loaded { "loaded" } else { "" }),
        left("what"),
    ]];
    let row = |weight: &Weight, reached: &str, loaded: u64, what: String| {
        let loaded = if loaded == 0 { String::new() } else { size(loaded) };
        vec![
            Cell::Right(size(weight.bytes)),
            Cell::Right(weight.compressed.map(size).unwrap_or_default()),
            Cell::Right(weight.members.to_string()),
            Cell::Left(reached.to_owned()),
            Cell::Right(loaded),
            Cell::Left(what),
        ]
    };
    rows.extend(
        groups
            .iter()
            .take(PACKAGES)
            .map(|group| row(&group.weight, group.reached, group.reached_weight.bytes, title(group))),
    );
    let (mut rest, mut loaded) = (Weight::default(), 0_u64);
    for group in groups.iter().skip(PACKAGES) {
        rest.members += group.weight.members;
        rest.bytes = rest.bytes.saturating_add(group.weight.bytes);
        let packed = rest.compressed.unwrap_or(0).saturating_add(group.weight.compressed.unwrap_or(0));
        rest.compressed = group.weight.compressed.map(|_| packed);
        loaded = loaded.saturating_add(group.reached_weight.bytes);
    }
    if groups.len() > PACKAGES {
        let more = groups.len() - PACKAGES;
        let reached = groups.iter().skip(PACKAGES).filter(|group| group.reached == "yes").count();
        rows.push(row(&rest, "", loaded, format!("{}, {reached} of them reached", counted(more, "smaller package"))));
    }
    table(&rows, "  ")
}

/// The largest files: what a package weighs is often one of them.
fn files(files: &[File]) -> String {
    let left = |text: &str| Cell::Left(text.to_owned());
    let right = |text: &str| Cell::Right(text.to_owned());
    let zipped = if files.iter().any(|file| file.compressed.is_some()) { "zipped" } else { "" };
    let mut rows = vec![vec![right("unzipped"), right(zipped), left("reached"), left("largest files")]];
    rows.extend(files.iter().take(FILES).map(|file| {
        let what = Cell::Left(short(&file.path, 2 * NAME));
        vec![
            Cell::Right(size(file.bytes)),
            Cell::Right(file.compressed.map(size).unwrap_or_default()),
            left(file.reached),
            what,
        ]
    }));
    if files.is_empty() { String::new() } else { table(&rows, "  ") }
}

/// `express@4.21.2`, and how often it is there.
fn title(group: &Group) -> String {
    if group.kind == "own" {
        return "(no package: your own files)".to_owned();
    }
    let mut title = short(&group.name, NAME);
    if let Some(version) = &group.version {
        title.push_str(&format!("@{}", short(version, NAME)));
    }
    if group.places.len() > 1 {
        title.push_str(&format!(" ({} copies)", group.places.len()));
    }
    title
}

/// A name of the input, safe to print and no longer than a line can bear.
fn short(text: &str, most: usize) -> String {
    let shown = name(text);
    match shown.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// `12 B`, `3.4 KB`, `250.0 MB`: powers of 1024, as the platform's limits are.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = u128::from(bytes) * 10 / u128::from(unit);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", tenths(1 << 10)),
        _ => format!("{} MB", tenths(1 << 20)),
    }
}

/// A cell of a table, and the side that it keeps to.
enum Cell {
    Left(String),
    Right(String),
}

impl Cell {
    fn text(&self) -> &str {
        let (Self::Left(text) | Self::Right(text)) = self;
        text
    }
}

/// Rows as lines, every column as wide as its widest cell.
fn table(rows: &[Vec<Cell>], indent: &str) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text().chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut out = String::new();
    for row in rows {
        // What is empty in every row is left out.
        let cells = row.iter().zip(&widths).filter(|(_, width)| **width > 0).map(|(cell, width)| match cell {
            Cell::Left(text) => format!("{text:<width$}"),
            Cell::Right(text) => format!("{text:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        out.push_str(&format!("{indent}{}\n", line.trim_end()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KB");
        assert_eq!(size(262_144_000), "250.0 MB");
        assert_eq!(size(u64::MAX), "17592186044415.9 MB");
    }

    #[test]
    fn names_are_bounded_and_harmless() {
        assert_eq!(short("a\u{1b}[2J", 9), "a\\u{1b}[2…");
        assert_eq!(short("ééé", 2), "éé…");
    }
}
