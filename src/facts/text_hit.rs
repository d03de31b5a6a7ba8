//! What the text search found.

fact! {
    /// A pattern that was found in the text of a file
    "text-hit" TextHit {
        /// Name of the pattern: `private-key`
        pattern: String,
        /// What was found, in words: `RSA private key`
        what: String,
    }
}
