//! Arguments to options, options to a run, a run to an exit code. The one place that prints.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the one printing place")]

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use deploylint::cli::{Surroundings, parse};
use deploylint::command::{Outcome, run};
use deploylint::config::RuleNames;
use deploylint::rules::Registry;
use deploylint::tree::system;

fn main() -> ExitCode {
    // What a panic says may quote input; it is caught, and becomes a finding without its words.
    std::panic::set_hook(Box::new(|_| {}));
    let (registry, _) = Registry::builtin();
    let surroundings = Surroundings::of_process();
    let mut outcome = match parse(std::env::args_os(), &surroundings, &RuleNames::of(&registry)) {
        Ok(command) => run(&command, &registry, &mut std::io::stdin()),
        Err(error) => Outcome::refuse(format!("error: {error}\n")),
    };
    if surroundings.in_github_actions {
        outcome = outcome.for_github_actions();
    }
    let Outcome { output, file, notes, exit_code, .. } = outcome;
    eprint!("{notes}");
    match file.filter(|_| !output.is_empty()) {
        Some(file) => write(&file, &output, exit_code),
        None => print(&output, exit_code),
    }
}

fn write(file: &Path, output: &str, exit_code: u8) -> ExitCode {
    match system::write(file, output.as_bytes()) {
        Ok(()) => ExitCode::from(exit_code),
        Err(error) => {
            eprintln!("error: cannot write the output file: {error}");
            ExitCode::from(2)
        }
    }
}

/// A reader that closed its end early (`| head`) is no failure of ours.
fn print(text: &str, exit_code: u8) -> ExitCode {
    let written = std::io::stdout().lock().write_all(text.as_bytes());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
        _ => ExitCode::from(exit_code),
    }
}
