//! Version ranges as npm writes them, as far as they tell whether a major version of Node.js is among them.
//!
//! Source: github.com/npm/node-semver README, "Ranges", 2026-08.

/// Major, minor and patch version.
type Version = (u32, u32, u32);

/// From the first up to, but without, the second.
#[derive(Clone, Copy, Debug)]
struct Interval(Version, Version);

const ALL: Interval = Interval((0, 0, 0), (u32::MAX, 0, 0));

/// True when some release of a major version is in the range; `None` when the range is not understood.
pub(super) fn allows_major(range: &str, major: u32) -> Option<bool> {
    let wanted = Interval((major, 0, 0), (major + 1, 0, 0));
    let mut any = false;
    for alternative in range.split("||") {
        any |= !is_empty(intersection(conjunction(alternative)?, wanted));
    }
    Some(any)
}

fn intersection(a: Interval, b: Interval) -> Interval {
    Interval(a.0.max(b.0), a.1.min(b.1))
}

fn is_empty(interval: Interval) -> bool {
    interval.0 >= interval.1
}

/// Comparators that all hold, or `1.2 - 2`.
fn conjunction(text: &str) -> Option<Interval> {
    if let Some((low, high)) = text.split_once(" - ") {
        return Some(Interval(parts(low.trim())?.low(), parts(high.trim())?.high()));
    }
    let mut out = ALL;
    let mut operator = "";
    for word in text.split_whitespace() {
        let end = word.find(|c: char| !"<>=^~".contains(c)).unwrap_or(word.len());
        let (own, version) = word.split_at(end);
        let own = if own.is_empty() { operator } else { own };
        if version.is_empty() {
            operator = own;
            continue;
        }
        out = intersection(out, comparator(own, version)?);
        operator = "";
    }
    Some(out)
}

fn comparator(operator: &str, version: &str) -> Option<Interval> {
    let version = parts(version)?;
    let (low, high) = (version.low(), version.high());
    Some(match operator {
        "" | "=" => Interval(low, high),
        ">=" => Interval(low, ALL.1),
        ">" => Interval(if version.given == 3 { low } else { high }, ALL.1),
        "<" => Interval(ALL.0, low),
        "<=" => Interval(ALL.0, high),
        "~" | "~>" => Interval(low, if version.given < 2 { high } else { (low.0, low.1 + 1, 0) }),
        "^" if version.given == 0 => ALL,
        "^" if low.0 > 0 => Interval(low, (low.0 + 1, 0, 0)),
        "^" => Interval(low, high),
        _ => return None,
    })
}

/// A version whose last parts may be left out.
#[derive(Clone, Copy)]
struct Parts {
    version: Version,
    given: usize,
}

impl Parts {
    fn low(self) -> Version {
        self.version
    }

    /// The first version behind all that it stands for.
    fn high(self) -> Version {
        let (major, minor, patch) = self.version;
        match self.given {
            0 => ALL.1,
            1 => (major + 1, 0, 0),
            2 => (major, minor + 1, 0),
            _ => (major, minor, patch + 1),
        }
    }
}

fn parts(text: &str) -> Option<Parts> {
    let text = text.trim_start_matches('v');
    let text = text.split(['-', '+']).next().unwrap_or(text);
    let mut numbers = [0_u32; 3];
    let mut given = 0;
    for part in text.split('.') {
        if matches!(part, "x" | "X" | "*" | "") {
            break;
        }
        // Larger numbers than these name no version of Node.js.
        *numbers.get_mut(given)? = part.parse().ok().filter(|number| *number < 1_000_000)?;
        given += 1;
    }
    Some(Parts { version: (numbers[0], numbers[1], numbers[2]), given })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_or_exclude_a_major_version() {
        let table = [
            (">=18", 20, Some(true)),
            (">= 22.12.0", 20, Some(false)),
            ("^20.19.0 || >=22.12.0", 20, Some(true)),
            ("^20.19.0 || >=22.12.0", 18, Some(false)),
            ("18.x", 20, Some(false)),
            (">=14 <20", 20, Some(false)),
            (">14", 14, Some(false)),
            ("<=20", 20, Some(true)),
            ("12 - 18", 20, Some(false)),
            ("12 - 20", 20, Some(true)),
            ("~20.1", 20, Some(true)),
            ("*", 20, Some(true)),
            ("", 20, Some(true)),
            ("^18", 20, Some(false)),
            (">=v0.10", 20, Some(true)),
            ("node >= 8", 20, None),
            ("99999999999", 20, None),
        ];
        for (range, major, expected) in table {
            assert_eq!(allows_major(range, major), expected, "{range} {major}");
        }
    }
}
