//! Lines and columns of a text.

use super::Span;

/// A position for people: both 1-based, the column in Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in Unicode characters.
    pub column: u32,
}

/// Byte offsets at which lines start. `\n`, `\r\n` and a lone `\r` end a line.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes a text.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                b'\n' => starts.push(clamp(at + 1)),
                b'\r' if text.get(at + 1) != Some(&b'\n') => starts.push(clamp(at + 1)),
                _ => {}
            }
            at += 1;
        }
        Self { starts }
    }

    /// Number of lines; a text that ends with a line break has an empty last line.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// 0-based line that contains a byte offset.
    pub fn line_of(&self, offset: usize) -> usize {
        let offset = clamp(offset);
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Bytes of a 0-based line, without its line break.
    pub fn line_span(&self, line: usize, text: &[u8]) -> Span {
        let start = self.starts.get(line).map_or(text.len(), |s| *s as usize);
        let mut end = self.starts.get(line + 1).map_or(text.len(), |s| *s as usize);
        while end > start && matches!(text[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// Line and column of a byte offset; offsets past the end mean the end.
    pub fn position(&self, offset: usize, text: &[u8]) -> LineColumn {
        let offset = offset.min(text.len());
        let line = self.line_of(offset);
        let start = self.starts[line] as usize;
        let column = String::from_utf8_lossy(&text[start..offset]).chars().count();
        LineColumn { line: clamp(line + 1), column: clamp(column + 1) }
    }
}

fn clamp(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_break_counts_once() {
        let text = b"a\r\nb\rc\n";
        let index = LineIndex::new(text);
        assert_eq!(index.count(), 4);
        assert_eq!(index.position(3, text), LineColumn { line: 2, column: 1 });
        assert_eq!(index.position(5, text), LineColumn { line: 3, column: 1 });
        assert_eq!(index.line_span(0, text), Span::new(0, 1));
    }

    #[test]
    fn columns_count_characters() {
        let text = "é漢x".as_bytes();
        assert_eq!(LineIndex::new(text).position(5, text).column, 3);
    }
}
