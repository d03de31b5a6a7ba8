//! Near misses: the name that was probably meant.

/// The closest of the names, when one is close: same but for case, `-`/`_`, or at most two edits
/// (one edit for names of up to four characters).
pub fn near_miss<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wanted);
    names
        .into_iter()
        .filter(|name| *name != wanted && !is_far(wanted, name, 2))
        .filter_map(|name| {
            let distance = if fold(name) == folded { 0 } else { strsim::damerau_levenshtein(&folded, &fold(name)) };
            let allowed = if wanted.chars().count() <= 4 { 1 } else { 2 };
            (distance <= allowed).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// True when more edits than these surely part two names: one edit adds at most one letter and takes
/// away at most one. Spares the exact comparison for almost all pairs of a large set.
fn is_far(a: &str, b: &str, edits: usize) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return false;
    }
    if a.len().abs_diff(b.len()) > edits {
        return true;
    }
    let mut counts = [0i32; 128];
    let letter = |byte: u8| usize::from(if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() });
    a.bytes().for_each(|byte| counts[letter(byte)] += 1);
    b.bytes().for_each(|byte| counts[letter(byte)] -= 1);
    let added: i32 = counts.iter().filter(|count| **count > 0).sum();
    let taken: i32 = counts.iter().filter(|count| **count < 0).sum();
    added.max(-taken).unsigned_abs() as usize > edits
}

/// True when one name was surely meant to be the other: a near miss in a long word, or the same words
/// joined otherwise. Names that differ in numbers or short words (`db-0`, `db-east`) are names of
/// different things.
pub fn is_slip(wanted: &str, other: &str) -> bool {
    if near_miss(wanted, [other]).is_none() {
        return false;
    }
    let (wanted, other) = (fold(wanted), fold(other));
    let bare = |name: &str, keep: fn(char) -> bool| name.chars().filter(|c| keep(*c)).collect::<String>();
    if bare(&wanted, char::is_alphanumeric) == bare(&other, char::is_alphanumeric) {
        return true;
    }
    if bare(&wanted, |c| !c.is_numeric()) == bare(&other, |c| !c.is_numeric()) {
        return false;
    }
    let words = |name: &str| name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let (wanted, other) = (words(&wanted), words(&other));
    let long_enough = |a: &str, b: &str| {
        let shortest = a.chars().count().min(b.chars().count());
        match strsim::damerau_levenshtein(a, b) {
            0 => true,
            1 => shortest >= 4,
            _ => shortest >= 6,
        }
    };
    wanted.len() == other.len() && wanted.iter().zip(&other).all(|(a, b)| long_enough(a, b))
}

/// The name with the fewest edits, when it is at most a third of the wanted name's length away;
/// for hints ("did you mean"), not for verdicts.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wanted.chars().count() / 3).max(1);
    names
        .into_iter()
        .filter(|name| !is_far(wanted, name, allowed))
        .map(|name| (strsim::damerau_levenshtein(&fold(wanted), &fold(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// The same where words are shortened and lengthened too: `warn` for `warning`, `production` for `prod`.
pub fn meant<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    /// Shorter beginnings are those of too many words, bytes.
    const SHORTEST: usize = 3;
    let is_start = |of: &str, start: &str| start.len() >= SHORTEST && of.starts_with(start);
    nearest(wanted, names.clone()).or_else(|| {
        let folded = fold(wanted);
        names.into_iter().find(|name| is_start(&fold(name), &folded) || is_start(&folded, &fold(name)))
    })
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_series_are_no_slips() {
        assert!(is_slip("accounts-service", "account-service"));
        assert!(is_slip("app_config", "app-config"));
        assert!(is_slip("appconfig", "app-config"));
        assert!(is_slip("app-cofnig", "app-config"));
        for (a, b) in [("db-0", "db-1"), ("db-east", "db-west"), ("tls-a", "tls-b"), ("web", "web-a"), ("db", "db2")] {
            assert!(!is_slip(a, b), "{a} {b}");
        }
    }

    #[test]
    fn words_are_shortened_and_lengthened() {
        assert_eq!(meant("warn", ["error", "warning"]), Some("warning"));
        assert_eq!(meant("production", ["dev", "prod"]), Some("prod"));
        assert_eq!(meant("serverity", ["severity"]), Some("severity"));
        assert_eq!(meant("in", ["info"]), None);
    }

    #[test]
    fn a_letter_off_is_near_and_another_word_is_not() {
        assert_eq!(near_miss("accounts-service", ["account-service", "web"]), Some("account-service"));
        assert_eq!(near_miss("DB", ["db", "web"]), Some("db"));
        assert_eq!(near_miss("api", ["app"]), Some("app"));
        assert_eq!(near_miss("cart", ["card-service"]), None);
        assert_eq!(near_miss("redis", ["postgres"]), None);
    }
}
