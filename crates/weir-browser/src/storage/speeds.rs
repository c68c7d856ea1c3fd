//! How quick each device was when it was measured, kept in IndexedDB.

use serde::{Deserialize, Serialize};

use super::database;
use crate::messages::{DeviceKind, ModelFile};

/// Tokens per second of each device that was measured with a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Speeds {
    webgpu: Option<f32>,
    cpu: Option<f32>,
}

/// What a measurement holds for: another model, adapter or build may be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeedsKey(String);

impl SpeedsKey {
    /// For `model` on a machine with this GPU, if it has one, in this build.
    #[must_use]
    pub fn new(model: &ModelFile, adapter: Option<&str>) -> Self {
        let shards = model.shards.iter().map(|shard| match &shard.sha256 {
            Some(sha256) => sha256.clone(),
            None => format!("{}={}", shard.url, shard.bytes.unwrap_or_default()),
        });
        let model = shards.collect::<Vec<_>>().join("+");
        let adapter = adapter.unwrap_or("no adapter");
        let build = env!("CARGO_PKG_VERSION");
        Self(format!("speeds {build} {adapter} {model}"))
    }
}

impl Speeds {
    /// What was measured for `key`; nothing if nothing was, or it cannot be read.
    pub async fn load(key: &SpeedsKey) -> Self {
        let stored = database::get(&key.0).await;
        stored.ok().flatten().unwrap_or_default()
    }

    /// Remembers it for `key`. Where that fails, devices are measured again the next time.
    pub async fn save(&self, key: &SpeedsKey) {
        let _ = database::put(&key.0, self).await;
    }

    /// Tokens per second on `device`.
    #[must_use]
    pub const fn of(&self, device: DeviceKind) -> Option<f32> {
        match device {
            DeviceKind::WebGpu => self.webgpu,
            DeviceKind::Cpu => self.cpu,
        }
    }

    /// The same with `device` measured at `tokens_per_second`.
    #[must_use]
    pub const fn with(mut self, device: DeviceKind, tokens_per_second: f32) -> Self {
        match device {
            DeviceKind::WebGpu => self.webgpu = Some(tokens_per_second),
            DeviceKind::Cpu => self.cpu = Some(tokens_per_second),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Shard;

    fn model(url: &str, sha256: Option<&str>) -> ModelFile {
        ModelFile::whole(
            "Smol".to_owned(),
            Shard {
                url: url.to_owned(),
                bytes: Some(5),
                sha256: sha256.map(str::to_owned),
            },
        )
    }

    #[test]
    fn a_measurement_holds_for_one_model_on_one_adapter() {
        let here = SpeedsKey::new(&model("a", Some("12")), Some("apple m3"));
        let moved = SpeedsKey::new(&model("b", Some("12")), Some("apple m3"));
        assert_eq!(here, moved, "the same content at another address");
        for other in [
            SpeedsKey::new(&model("a", Some("34")), Some("apple m3")),
            SpeedsKey::new(&model("a", None), Some("apple m3")),
            SpeedsKey::new(&model("a", Some("12")), Some("apple m4")),
            SpeedsKey::new(&model("a", Some("12")), None),
        ] {
            assert_ne!(here, other);
        }
    }

    #[test]
    fn each_device_has_its_own_speed() {
        let speeds = Speeds::default().with(DeviceKind::Cpu, 20.0);
        assert_eq!(speeds.of(DeviceKind::Cpu), Some(20.0));
        assert_eq!(speeds.of(DeviceKind::WebGpu), None);
    }
}
