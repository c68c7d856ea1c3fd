//! What a model is and what it would take, read from the head of its files.

use web_sys::File;
use weir_browser::{
    memory::Offer,
    messages::{DeviceKind, Fit, Means, ModelFile, ModelReport},
    models,
    probe::probe_webgpu,
};
use weir_llm::{
    estimate::Estimate,
    gguf::{GgmlType, Gguf},
    source::{ByteSource, Parts},
};

use crate::{
    devices,
    loading::{LoadingError, Source},
};

/// Reads what `model` says about itself.
pub(crate) async fn inspect(
    model: &ModelFile,
    picked: &[File],
) -> Result<ModelReport, LoadingError> {
    let (gguf, bytes) = head(model, picked).await?;
    let estimate = Estimate::of(&gguf)?;
    let webgpu = probe_webgpu().await;
    let offer = Offer::here(&webgpu);
    let kinds = [
        webgpu.usable().then_some(DeviceKind::WebGpu),
        Some(DeviceKind::Cpu),
    ];
    let fit = |device| {
        let fitting = devices::fit(&offer, &estimate, device, Means::FULL.context);
        let context = fitting
            .as_ref()
            .map_or(devices::SHORTEST, |context| *context);
        Fit {
            device,
            memory: devices::need(&estimate, context).total,
            context,
            refused: fitting.err().map(|refused| refused.to_string()),
        }
    };
    let text = |key| gguf.metadata.optional::<&str>(key).ok().flatten();
    Ok(ModelReport {
        name: text("general.name").map(str::to_owned),
        architecture: text("general.architecture").unwrap_or_default().to_owned(),
        quantisation: gguf
            .quantisation()
            .map_or("unknown", GgmlType::name)
            .to_owned(),
        parameters: gguf.parameters(),
        bytes,
        context: estimate.context,
        kept: picked.is_empty() && models::is_kept(model).await,
        fits: kinds.into_iter().flatten().map(fit).collect(),
    })
}

/// The memory that `model` would take.
pub(crate) async fn estimate(model: &ModelFile, picked: &[File]) -> Result<Estimate, LoadingError> {
    let (gguf, _) = head(model, picked).await?;
    Ok(Estimate::of(&gguf)?)
}

/// The head of all files, and how long these are together.
async fn head(model: &ModelFile, picked: &[File]) -> Result<(Gguf, u64), LoadingError> {
    let files = models::peek(model, picked).await?;
    let source = Parts::new(files.into_iter().map(Source).collect());
    Ok((Gguf::read_parts(&source).await?, source.len()))
}
