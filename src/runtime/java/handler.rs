//! The handler string of a Java function, and the versions of class files.

/// A handler: `example.Handler` or `example.Handler::method`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerName {
    /// Binary name of the class, `example.Handler`.
    pub class: String,
    /// The method; without one the class implements an interface whose method has this name.
    pub method: String,
}

/// Method of `RequestHandler` and `RequestStreamHandler` (aws-lambda-java-core).
const INTERFACE_METHOD: &str = "handleRequest";

impl HandlerName {
    /// Takes a handler string apart.
    pub fn parse(handler: &str) -> Self {
        let (class, method) = handler.split_once("::").unwrap_or((handler, INTERFACE_METHOD));
        Self { class: class.to_owned(), method: method.to_owned() }
    }

    /// Path of the class file below a root of the class path.
    pub fn file(&self) -> String {
        format!("{}.class", self.class.replace('.', "/"))
    }
}

/// The newest class files that a runtime loads (JVMS §4.1, table 4.1-A: version = release + 44).
pub fn newest_class_version(runtime: &str) -> Option<u16> {
    let release: u16 = runtime.strip_prefix("java")?.trim_end_matches(".al2").parse().ok()?;
    Some(release + 44)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_and_versions() {
        let name = HandlerName::parse("example.Handler::run");
        assert_eq!((name.file().as_str(), name.method.as_str()), ("example/Handler.class", "run"));
        assert_eq!(HandlerName::parse("a.B$C").method, "handleRequest");
        assert_eq!(newest_class_version("java21"), Some(65));
        assert_eq!(newest_class_version("java8.al2"), Some(52));
        assert_eq!(newest_class_version("nodejs22.x"), None);
    }
}
