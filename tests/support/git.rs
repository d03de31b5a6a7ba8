//! A place of its own for git: home, settings and committer come from nobody's machine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::Scratch;

/// Folders with repositories in them.
pub struct Sandbox {
    scratch: Scratch,
}

/// What a command printed, and how it ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The reports, one after the other.
    pub fn reports(&self) -> Vec<serde_json::Value> {
        let values = serde_json::Deserializer::from_str(&self.stdout).into_iter();
        values.map(|value| value.unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))).collect()
    }

    /// The one report.
    pub fn report(&self) -> serde_json::Value {
        let mut reports = self.reports();
        assert_eq!(reports.len(), 1, "{}{}", self.stdout, self.stderr);
        reports.remove(0)
    }
}

/// `rule path` of each finding.
pub fn found(report: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|f| format!("{} {}", text(&f["rule"]), text(&f["location"]["path"]))).collect()
}

impl Sandbox {
    pub fn new() -> Self {
        Self { scratch: Scratch::new() }
    }

    /// A folder of it.
    pub fn path(&self, folder: &str) -> PathBuf {
        std::fs::canonicalize(self.scratch.path()).unwrap().join(folder)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.scratch.write(path, text);
    }

    pub fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
    }

    /// A command in a folder, with deploylint on its PATH.
    pub fn command(&self, folder: &str, program: &str) -> Command {
        let tool = Path::new(env!("CARGO_BIN_EXE_deploylint")).parent().unwrap();
        let path = std::env::join_paths(
            std::iter::once(tool.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        let mut command = Command::new(program);
        command.current_dir(self.path(folder)).env("PATH", path.unwrap());
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "t"),
            ("GIT_AUTHOR_EMAIL", "t@example.invalid"),
            ("GIT_COMMITTER_NAME", "t"),
            ("GIT_COMMITTER_EMAIL", "t@example.invalid"),
            ("GIT_ALLOW_PROTOCOL", "file"),
            ("SOURCE_DATE_EPOCH", "1700000000"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", self.path("")).env("GIT_CONFIG_GLOBAL", self.path("no-settings"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("PRE_COMMIT") || matches!(&*name, "GIT_DIR" | "GIT_INDEX_FILE" | "GIT_WORK_TREE") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs git; it must succeed.
    pub fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let ended = self.try_git(folder, arguments);
        assert_eq!(ended.code, Some(0), "git {arguments:?}: {}", ended.stderr);
        ended.stdout.trim().to_owned()
    }

    /// Runs git.
    pub fn try_git(&self, folder: &str, arguments: &[&str]) -> Ended {
        Ended::of(self.command(folder, "git").args(arguments).output().unwrap())
    }

    /// Commits all that is there; gives the commit.
    pub fn commit(&self, folder: &str) -> String {
        self.git(folder, &["add", "-A"]);
        self.git(folder, &["commit", "-q", "--allow-empty", "--no-verify", "-m", "x"]);
        self.git(folder, &["rev-parse", "HEAD"])
    }

    /// Runs deploylint.
    pub fn deploylint(&self, folder: &str, arguments: &[&str]) -> Ended {
        self.with_input(folder, arguments, "", &[])
    }

    /// Runs deploylint with text on standard input and variables.
    pub fn with_input(&self, folder: &str, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Ended {
        let mut command = self.command(folder, env!("CARGO_BIN_EXE_deploylint"));
        command.args(arguments).envs(variables.iter().copied());
        feed(command, input)
    }

    /// Runs shell lines with text on standard input.
    pub fn shell(&self, folder: &str, script: &str, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(folder, "sh");
        command.args(["-c", script, "sh"]).args(arguments);
        feed(command, input)
    }
}

fn feed(mut command: Command, input: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who does not read closes its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ended::of(child.wait_with_output().unwrap())
}
