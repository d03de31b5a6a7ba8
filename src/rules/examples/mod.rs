//! The examples of a rule's page: small projects, and the lines that the rule must report in them.
//!
//! Below `## Examples`, fenced blocks with `file=path` that follow one another make one project; prose
//! parts them. A line that ends in `# error`, `# warning` or `# info` (or the same after `//`) must be
//! reported with that severity, and no other line may be; the marker is taken off first. For formats
//! without comments a block `expect` lists `path:line severity`.

mod tokens;

pub use tokens::fill_tokens;

use crate::diagnostic::Severity;

/// What a name ends in when its folder is packed: `lambda.zip.d/index.js` lies in `lambda.zip`.
pub const PACKED: &str = ".zip.d/";

/// Packages of examples and fixtures that no template needs to name, as a glob.
pub const ARTIFACTS: &str = "artifacts/*";

const HEADING: &str = "## Examples";
const MARKERS: &[&str] = &["#", "//"];

/// One example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// Line of its first block in the page's prose, from 1.
    pub line: usize,
    /// The project.
    pub files: Vec<ExampleFile>,
    /// What the rule must report, in order.
    pub expected: Vec<Expected>,
}

/// A file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Where it lies in the project.
    pub path: String,
    /// What it says, markers taken off.
    pub text: String,
}

/// A line that must be reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// File, as in the example.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Under which severity.
    pub severity: Severity,
}

/// An example that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExampleProblem {
    /// Line in the page's prose, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl Example {
    /// True when something must be reported.
    pub fn is_flagged(&self) -> bool {
        !self.expected.is_empty()
    }
}

/// The examples of a page, from its prose.
pub fn examples(body: &str) -> Result<Vec<Example>, ExampleProblem> {
    let mut out: Vec<Example> = Vec::new();
    let mut current = Example::default();
    let mut is_inside = false;
    let mut lines = (1usize..).zip(body.lines());
    while let Some((number, line)) = lines.next() {
        if let Some(fence) = Fence::open(line) {
            let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| !fence.closes(line)).collect();
            if !is_inside {
                continue;
            }
            if fence.words().any(|word| word == "expect") {
                for (number, line) in block {
                    let expected =
                        expectation(line, &current).map_err(|message| ExampleProblem { line: number, message })?;
                    current.expected.push(expected);
                }
            } else if let Some(path) = fence.words().find_map(|word| word.strip_prefix("file=")) {
                if current.files.is_empty() {
                    current.line = number;
                }
                if current.files.iter().any(|file| file.path == path) {
                    let message =
                        format!("two files `{path}` in one example; a line of prose between them makes two examples");
                    return Err(ExampleProblem { line: number, message });
                }
                add_file(&mut current, path, &block);
            }
        } else if line.starts_with("## ") {
            is_inside = line.trim_end() == HEADING;
            finish(&mut current, &mut out);
        } else if !line.trim().is_empty() {
            finish(&mut current, &mut out);
        }
    }
    finish(&mut current, &mut out);
    Ok(out)
}

fn finish(current: &mut Example, out: &mut Vec<Example>) {
    if !current.files.is_empty() {
        let mut example = std::mem::take(current);
        example.expected.sort();
        out.push(example);
    }
}

fn add_file(example: &mut Example, path: &str, block: &[(usize, &str)]) {
    let mut text = String::new();
    for (index, (_, line)) in block.iter().enumerate() {
        let (rest, severity) = unmarked(line);
        if let Some(severity) = severity {
            example.expected.push(Expected { path: path.to_owned(), line: index + 1, severity });
        }
        text.push_str(rest);
        text.push('\n');
    }
    example.files.push(ExampleFile { path: path.to_owned(), text });
}

/// A line without its marker, and what the marker says.
fn unmarked(line: &str) -> (&str, Option<Severity>) {
    let marked = line.rsplit_once(' ').and_then(|(before, word)| {
        let severity = severity(word)?;
        let rest = MARKERS.iter().find_map(|marker| before.strip_suffix(marker))?;
        Some((rest.trim_end(), severity))
    });
    marked.map_or((line, None), |(rest, severity)| (rest, Some(severity)))
}

fn severity(word: &str) -> Option<Severity> {
    [Severity::Error, Severity::Warning, Severity::Info].into_iter().find(|severity| severity.to_string() == word)
}

/// `path:line severity`; without severity an error.
fn expectation(line: &str, example: &Example) -> Result<Expected, String> {
    let (place, word) = line.trim().split_once(' ').unwrap_or((line.trim(), "error"));
    let severity = severity(word.trim()).ok_or_else(|| format!("`{word}` is no severity: error, warning or info"))?;
    let number = place.rsplit_once(':').and_then(|(path, number)| Some((path, number.parse().ok()?)));
    let (path, line) = number.ok_or_else(|| format!("`{place}` is no place: write `path:line`"))?;
    match example.files.iter().find(|file| file.path == path) {
        Some(file) if (1..=file.text.lines().count()).contains(&line) => {
            Ok(Expected { path: path.to_owned(), line, severity })
        }
        Some(_) => Err(format!("`{path}` has no line {line}")),
        None if line == 1 && is_packed(path, example) => Ok(Expected { path: path.to_owned(), line, severity }),
        None => Err(format!("no file `{path}` stands before it in the example")),
    }
}

/// True for an archive of the example, and for what its recipe puts into it.
fn is_packed(path: &str, example: &Example) -> bool {
    let folder = match path.split_once(PACKED) {
        Some((archive, _)) => format!("{archive}{PACKED}@recipe"),
        None => format!("{path}.d/"),
    };
    example.files.iter().any(|file| file.path.starts_with(&folder))
}

/// The opening line of a fenced block (CommonMark 0.31 §4.5, backticks at the start of a line).
struct Fence<'a> {
    ticks: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn open(line: &'a str) -> Option<Self> {
        let ticks = line.len() - line.trim_start_matches('`').len();
        (ticks >= 3).then(|| Self { ticks, info: &line[ticks..] })
    }

    fn words(&self) -> impl Iterator<Item = &'a str> {
        self.info.split_whitespace()
    }

    fn closes(&self, line: &str) -> bool {
        let rest = line.trim_end().trim_start_matches('`');
        rest.is_empty() && line.trim_end().len() >= self.ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
## What it does
```yaml file=not-an-example.yaml
a: 1 # error
```
## Examples
One project of two files:

```yaml file=a.yaml
a: 1 # error
b: # warning
```

```text file=b.txt
x
```
```text expect
b.txt:1 info
```

Another, clean:

````json file=c.json
```
{}
````

```sh
not an example # error
```
## References
None.
";

    #[test]
    fn blocks_make_projects_and_prose_parts_them() {
        let found = examples(PAGE).unwrap();
        let places: Vec<Vec<String>> = found
            .iter()
            .map(|example| example.expected.iter().map(|e| format!("{}:{} {}", e.path, e.line, e.severity)).collect())
            .collect();
        assert_eq!(places, [vec!["a.yaml:1 error", "a.yaml:2 warning", "b.txt:1 info"], vec![]]);
        assert_eq!(found[0].files[0].text, "a: 1\nb:\n");
        assert_eq!(found[1].files[0].text, "```\n{}\n");
        assert_eq!((found[0].line, found[1].line), (8, 22));
    }

    #[test]
    fn what_cannot_be_meant_is_said_with_its_line() {
        let problem = |block: &str| examples(&format!("## Examples\n```a file=a\nx\n```\n{block}")).unwrap_err();
        let expect = |line: &str| problem(&format!("```expect\n{line}\n```\n"));
        assert_eq!(expect("a:1 fatal").to_string(), "`fatal` is no severity: error, warning or info");
        assert_eq!(expect("a:7").to_string(), "`a` has no line 7");
        assert_eq!(expect("b:1").to_string(), "no file `b` stands before it in the example");
        assert_eq!(expect("a").to_string(), "`a` is no place: write `path:line`");
        assert_eq!(expect("a").line, 6);
        assert_eq!(
            problem("```a file=a\n```\n").to_string(),
            "two files `a` in one example; a line of prose between them makes two examples"
        );
    }

    #[test]
    fn a_fence_without_end_is_no_trouble() {
        assert_eq!(examples("## Examples\n```a file=a\nx").unwrap().len(), 1);
        assert_eq!(examples("```").unwrap(), []);
    }
}
