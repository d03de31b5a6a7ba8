//! The only place that knows miette: one report of a message and a window.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::source::Window;
use crate::diagnostic::Severity;

/// What is drawn at once.
#[derive(Debug)]
pub(super) struct Drawing {
    /// The line above, `error[family/name]`.
    pub code: Option<String>,
    /// Colour and sign; `None` draws the mildest.
    pub severity: Option<Severity>,
    /// The message.
    pub message: String,
    /// The lines, with words for each mark.
    pub window: Option<(Window, Vec<Option<String>>)>,
    /// What to do.
    pub help: Option<String>,
}

/// Draws.
pub(super) struct Pen(GraphicalReportHandler);

impl Pen {
    /// With or without colour. Nothing here asks the terminal, so the same report gives the same bytes.
    pub fn new(color: bool) -> Self {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).without_cause_chain();
        Self(handler.with_wrap_lines(false).with_context_lines(1))
    }

    /// The drawing in characters.
    pub fn draw(&self, drawing: &Drawing) -> String {
        let mut out = String::new();
        match self.0.render_report(&mut out, drawing) {
            Ok(()) => out,
            // A window that cannot be drawn leaves the words.
            Err(fmt::Error) => format!("{}: {}\n", drawing.code.as_deref().unwrap_or("note"), drawing.message),
        }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Some(Severity::Error) => miette::Severity::Error,
            Some(Severity::Warning) => miette::Severity::Warning,
            Some(Severity::Info) | None => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.window.as_ref().map(|(window, _)| window as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (window, words) = self.window.as_ref()?;
        Some(Box::new(window.marks.iter().zip(words).enumerate().map(|(place, (mark, words))| {
            let span = (mark.start, mark.len());
            match place {
                0 => LabeledSpan::new_primary_with_span(words.clone(), span),
                _ => LabeledSpan::new_with_span(words.clone(), span),
            }
        })))
    }
}
