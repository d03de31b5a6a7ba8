//! Folders beside one another: what contains them, and how one is shown from another.

use std::path::{Component, Path, PathBuf};

/// The deepest folder that contains both.
pub fn common(a: PathBuf, b: PathBuf) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// A folder as seen from another, with `..` where needed: what a report shows of where it ran.
pub fn relative(folder: &Path, from: &Path) -> String {
    let shared = common(folder.to_path_buf(), from.to_path_buf());
    let up = from.components().count() - shared.components().count();
    let down = folder.strip_prefix(&shared).unwrap_or(Path::new(""));
    let mut names: Vec<String> = vec!["..".to_owned(); up];
    names.extend(down.components().filter_map(|component| match component {
        Component::Normal(name) => Some(crate::source::visible(name.as_encoded_bytes())),
        _ => None,
    }));
    if names.is_empty() { ".".to_owned() } else { names.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_shown_from_where_we_stand() {
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/b")), ".");
        assert_eq!(relative(Path::new("/a/b/c"), Path::new("/a/b")), "c");
        assert_eq!(relative(Path::new("/a"), Path::new("/a/b/c")), "../..");
        assert_eq!(relative(Path::new("/x/y"), Path::new("/a/b")), "../../x/y");
    }

    #[test]
    fn the_common_folder_is_made_of_whole_names() {
        assert_eq!(common("/a/web".into(), "/a/we".into()), PathBuf::from("/a"));
    }
}
