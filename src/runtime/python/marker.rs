//! Environment markers of requirements (`python_version < "3.9" and extra == "x"`).
//!
//! Source: packaging.python.org/en/latest/specifications/dependency-specifiers, 2026-08. Our own small
//! evaluator: the environment is fixed and three answers are needed, and a full resolver's library would
//! bring a version and URL parser with it.

use super::specifier::{Version, allows};
use super::version::PythonVersion;

/// Whether a marker holds without any extra; `None` when it cannot be told.
pub(super) fn holds(marker: &str, version: PythonVersion) -> Option<bool> {
    let tokens = tokens(marker)?;
    let mut parser = Parser { tokens: &tokens, at: 0, version };
    let answer = parser.any(0)?;
    if parser.at == tokens.len() { answer.0 } else { None }
}

/// A truth that may be unknown, wrapped so that `?` speaks of syntax only.
#[derive(Clone, Copy)]
struct Truth(Option<bool>);

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Operator(String),
    Open,
    Close,
}

/// Most brackets of a marker.
const DEPTH: usize = 32;

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' => {
                out.push(Token::Open);
                1
            }
            ')' => {
                out.push(Token::Close);
                1
            }
            '"' | '\'' => {
                let end = rest[1..].find(first)?;
                out.push(Token::Text(rest[1..=end].to_owned()));
                end + 2
            }
            '<' | '>' | '=' | '!' | '~' => {
                let end = rest.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~')).unwrap_or(rest.len());
                out.push(Token::Operator(rest[..end].to_owned()));
                end
            }
            _ => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                out.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[length..].trim_start();
    }
    Some(out)
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    version: PythonVersion,
}

impl Parser<'_> {
    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(own)) if own == word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, depth: usize) -> Option<Truth> {
        let mut left = self.all(depth)?;
        while self.word("or") {
            let right = self.all(depth)?;
            left = Truth(match (left.0, right.0) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            });
        }
        Some(left)
    }

    fn all(&mut self, depth: usize) -> Option<Truth> {
        let mut left = self.one(depth)?;
        while self.word("and") {
            let right = self.one(depth)?;
            left = Truth(match (left.0, right.0) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            });
        }
        Some(left)
    }

    fn one(&mut self, depth: usize) -> Option<Truth> {
        if self.tokens.get(self.at) == Some(&Token::Open) {
            if depth >= DEPTH {
                return None;
            }
            self.at += 1;
            let inner = self.any(depth + 1)?;
            self.at += 1;
            return (self.tokens.get(self.at - 1) == Some(&Token::Close)).then_some(inner);
        }
        let left = self.tokens.get(self.at)?.clone();
        let operator = match self.tokens.get(self.at + 1)? {
            Token::Operator(operator) => operator.clone(),
            Token::Word(word) if word == "in" => word.clone(),
            Token::Word(word) if word == "not" => {
                self.at += 1;
                "not in".to_owned()
            }
            _ => return None,
        };
        let right = self.tokens.get(self.at + 2)?.clone();
        self.at += 3;
        Some(Truth(self.compare(&left, &operator, &right)))
    }

    fn compare(&self, left: &Token, operator: &str, right: &Token) -> Option<bool> {
        let variable = match (left, right) {
            (Token::Word(word), _) | (_, Token::Word(word)) => word.as_str(),
            _ => return None,
        };
        let value = |token: &Token| match token {
            Token::Text(text) => Some(text.clone()),
            Token::Word(word) => self.environment(word),
            _ => None,
        };
        let (left, right) = (value(left)?, value(right)?);
        match operator {
            "in" => return Some(right.contains(&left)),
            "not in" => return Some(!right.contains(&left)),
            _ => {}
        }
        if variable == "python_version" || variable.ends_with("_version") {
            return allows(&format!("{operator}{right}"), &Version::parse(&left)?);
        }
        match operator {
            "==" | "===" => Some(left == right),
            "!=" => Some(left != right),
            _ => None,
        }
    }

    fn environment(&self, variable: &str) -> Option<String> {
        Some(match variable {
            "python_version" => format!("3.{}", self.version.minor),
            "python_full_version" | "implementation_version" => format!("3.{}.99", self.version.minor),
            "os_name" | "os.name" => "posix".to_owned(),
            "sys_platform" | "sys.platform" => "linux".to_owned(),
            "platform_system" => "Linux".to_owned(),
            "platform_machine" | "platform.machine" => self.version.machine().to_owned(),
            "platform_python_implementation" | "python_implementation" => "CPython".to_owned(),
            "implementation_name" => "cpython".to_owned(),
            "extra" => String::new(),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_decided_for_the_platform() {
        let version = PythonVersion::of("python3.11", None).unwrap();
        for (marker, answer) in [
            ("python_version < \"3.9\"", Some(false)),
            ("python_version >= '3.7' and extra == 'x'", Some(false)),
            ("sys_platform == 'win32' or os_name == 'posix'", Some(true)),
            ("(platform_machine == 'x86_64' or platform_machine == 'arm64') and python_version < '3.14'", Some(true)),
            ("platform_python_implementation != 'PyPy'", Some(true)),
            ("python_full_version < '3.11.0a6'", Some(false)),
            ("'3.8' <= python_version", Some(true)),
            ("platform_release >= '5'", None),
            ("'linux' in sys_platform", Some(true)),
            ("((", None),
        ] {
            assert_eq!(holds(marker, version), answer, "{marker}");
        }
    }
}
