//! Blanks put before lines, with the way back to the original offsets.

/// Blanks inserted at starts of lines, to map offsets back.
#[derive(Debug, Default)]
pub(super) struct Padding {
    /// Byte offsets in the original text, ascending.
    at: Vec<usize>,
}

impl Padding {
    const WIDTH: usize = 64;

    /// Pads the line and those that follow up to the end of the scalar, which the next quote that
    /// ends a line or is followed by structure marks. False when there is nothing new to pad.
    pub(super) fn add_scalar(&mut self, text: &str, start: usize, lines: usize) -> bool {
        let mut at = start;
        let mut added = false;
        for _ in 0..lines {
            if let Err(place) = self.at.binary_search(&at) {
                self.at.insert(place, at);
                added = true;
            }
            let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
            if text[at..end].contains(['"', '\'']) || end >= text.len() {
                break;
            }
            at = end + 1;
        }
        added
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + self.at.len() * Self::WIDTH);
        let mut from = 0;
        for at in &self.at {
            out.push_str(&text[from..*at]);
            out.push_str(&" ".repeat(Self::WIDTH));
            from = *at;
        }
        out.push_str(&text[from..]);
        out
    }

    /// The offset in the original text: the k-th insertion begins `k` widths later than it was asked for.
    pub(super) fn original(&self, padded: usize) -> usize {
        let (mut low, mut high) = (0, self.at.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.at[middle] + middle * Self::WIDTH <= padded {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let Some(last) = low.checked_sub(1) else { return padded };
        let inside = self.at[last] + low * Self::WIDTH;
        if padded < inside { self.at[last] } else { padded - low * Self::WIDTH }
    }
}
