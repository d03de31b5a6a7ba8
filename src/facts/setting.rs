//! Settings of plain configuration files.

use crate::value::Value;

fact! {
    /// A value of a plain configuration file, of a `.env` file, or of a ConfigMap
    "setting" Setting {
        /// `dotenv`, `yaml`, `json`, `toml`, `properties`, `k8s`
        technology: &'static str,
        /// Keys from the top, joined by dots
        key: String,
        /// Value
        value: Value<String>,
    }
}
