//! Words for errors, and what a person can do about each.

use weir_browser::messages::ErrorKind;

/// Something that a person can do about an error, offered as a button beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Ask the same again.
    Retry,
    /// Ask the same again, on this device.
    AnswerLocally,
    /// Take the text back into the composer.
    Edit,
    /// Open the settings.
    Settings,
    /// Load the local model.
    LoadModel,
}

/// The error as a word for programs, as messages spell it: `prompt_too_long`.
#[must_use]
pub const fn error_kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::EmptyPrompt => "empty_prompt",
        ErrorKind::PromptTooLong => "prompt_too_long",
        ErrorKind::NothingCanAnswer => "nothing_can_answer",
        ErrorKind::Busy => "busy",
        ErrorKind::Withheld => "withheld",
        ErrorKind::OverBudget => "over_budget",
        ErrorKind::Download => "download",
        ErrorKind::WrongHash => "wrong_hash",
        ErrorKind::BadModel => "bad_model",
        ErrorKind::StorageFull => "storage_full",
        ErrorKind::TooLarge => "too_large",
        ErrorKind::Request => "request",
        ErrorKind::Device => "device",
        ErrorKind::CloudUnreachable => "cloud_unreachable",
        ErrorKind::CloudOffline => "cloud_offline",
        ErrorKind::CloudBlocked => "cloud_blocked",
        ErrorKind::CloudSlow => "cloud_slow",
        ErrorKind::CloudPayment => "cloud_payment",
        ErrorKind::CloudDeclined => "cloud_declined",
        ErrorKind::CloudNotFound => "cloud_not_found",
        ErrorKind::CloudForeign => "cloud_foreign",
        ErrorKind::CloudKey => "cloud_key",
        ErrorKind::CloudRateLimited => "cloud_rate_limited",
        ErrorKind::CloudFailing => "cloud_failing",
        ErrorKind::CloudCutOff => "cloud_cut_off",
        ErrorKind::CloudRefused => "cloud_refused",
        ErrorKind::Provider => "provider",
        ErrorKind::WorkerDied => "worker_died",
        ErrorKind::Storage => "storage",
    }
}

/// The error in a few words; the message beside it says more.
#[must_use]
pub const fn error_title(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::EmptyPrompt => "Nothing to send yet",
        ErrorKind::PromptTooLong => "This is too long for the model",
        ErrorKind::NothingCanAnswer => "Nothing can answer yet",
        ErrorKind::Busy => "Another answer is still being made",
        ErrorKind::Withheld => "This was not sent",
        ErrorKind::OverBudget => "This would go over your budget",
        ErrorKind::Download => "The model could not be downloaded",
        ErrorKind::WrongHash => "The model file is not the expected one",
        ErrorKind::BadModel => "This model file cannot be used",
        ErrorKind::StorageFull => "There is no room to keep the model",
        ErrorKind::TooLarge => "The model is too large for this device",
        ErrorKind::Request => "The answer cannot be made as it was asked for",
        ErrorKind::Device => "The model cannot run on this device",
        ErrorKind::CloudUnreachable => "The cloud could not be reached",
        ErrorKind::CloudOffline => "There is no network",
        ErrorKind::CloudBlocked => "The cloud does not answer web pages",
        ErrorKind::CloudSlow => "The cloud takes too long",
        ErrorKind::CloudPayment => "The cloud wants to be paid first",
        ErrorKind::CloudDeclined => "The cloud declined this request",
        ErrorKind::CloudNotFound => "The cloud does not know this model",
        ErrorKind::CloudForeign => "This is not the cloud that was expected",
        ErrorKind::CloudKey => "The cloud refused the key",
        ErrorKind::CloudRateLimited => "The cloud asks to wait",
        ErrorKind::CloudFailing => "The cloud is having trouble",
        ErrorKind::CloudCutOff => "The cloud’s answer broke off",
        ErrorKind::CloudRefused => "The cloud refused the request",
        ErrorKind::Provider => "The cloud model is not set up right",
        ErrorKind::WorkerDied => "The engine stopped and was started again",
        ErrorKind::Storage => "The dialogue could not be stored",
    }
}

/// What helps, best first. Where `local_ready`, a turn that the cloud failed can be answered here.
#[must_use]
pub fn remedies(kind: ErrorKind, local_ready: bool) -> Vec<Remedy> {
    use Remedy::{AnswerLocally, Edit, LoadModel, Retry, Settings};
    let all: &[Remedy] = match kind {
        ErrorKind::EmptyPrompt | ErrorKind::PromptTooLong | ErrorKind::Request => &[Edit, Settings],
        ErrorKind::NothingCanAnswer => &[LoadModel, AnswerLocally, Retry, Settings],
        ErrorKind::OverBudget => &[AnswerLocally, Settings, Retry],
        ErrorKind::CloudKey
        | ErrorKind::CloudPayment
        | ErrorKind::CloudBlocked
        | ErrorKind::CloudNotFound
        | ErrorKind::CloudForeign
        | ErrorKind::Provider => &[Settings, AnswerLocally, Retry],
        ErrorKind::CloudDeclined | ErrorKind::Withheld => &[Edit, AnswerLocally, Settings],
        ErrorKind::CloudOffline
        | ErrorKind::CloudSlow
        | ErrorKind::CloudUnreachable
        | ErrorKind::CloudRateLimited
        | ErrorKind::CloudFailing
        | ErrorKind::CloudCutOff
        | ErrorKind::CloudRefused => &[Retry, AnswerLocally, Settings],
        ErrorKind::Download
        | ErrorKind::WrongHash
        | ErrorKind::BadModel
        | ErrorKind::StorageFull
        | ErrorKind::TooLarge => &[LoadModel],
        ErrorKind::Busy | ErrorKind::Device | ErrorKind::WorkerDied | ErrorKind::Storage => {
            &[Retry]
        }
    };
    let possible = |remedy: &Remedy| match remedy {
        AnswerLocally => local_ready,
        LoadModel => !local_ready,
        Retry | Edit | Settings => true,
    };
    all.iter().copied().filter(possible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ErrorKind; 28] = [
        ErrorKind::Busy,
        ErrorKind::EmptyPrompt,
        ErrorKind::PromptTooLong,
        ErrorKind::NothingCanAnswer,
        ErrorKind::OverBudget,
        ErrorKind::Download,
        ErrorKind::WrongHash,
        ErrorKind::BadModel,
        ErrorKind::StorageFull,
        ErrorKind::TooLarge,
        ErrorKind::Request,
        ErrorKind::Device,
        ErrorKind::CloudUnreachable,
        ErrorKind::CloudOffline,
        ErrorKind::CloudBlocked,
        ErrorKind::CloudSlow,
        ErrorKind::CloudPayment,
        ErrorKind::CloudDeclined,
        ErrorKind::CloudNotFound,
        ErrorKind::CloudForeign,
        ErrorKind::CloudKey,
        ErrorKind::CloudRateLimited,
        ErrorKind::CloudFailing,
        ErrorKind::CloudCutOff,
        ErrorKind::CloudRefused,
        ErrorKind::Provider,
        ErrorKind::WorkerDied,
        ErrorKind::Storage,
    ];

    #[test]
    fn a_kind_is_spelled_as_in_messages() {
        for kind in ALL {
            let spelled = serde_json::to_value(kind).expect("a kind is plain data");
            assert_eq!(spelled, error_kind(kind));
        }
    }

    #[test]
    fn titles_tell_the_kinds_apart() {
        let titles: std::collections::HashSet<_> = ALL.into_iter().map(error_title).collect();
        assert_eq!(titles.len(), ALL.len());
    }

    #[test]
    fn every_error_without_a_model_offers_a_way_out() {
        for kind in ALL {
            assert!(!remedies(kind, false).is_empty(), "{kind:?}");
        }
    }

    #[test]
    fn a_cloud_failure_can_be_answered_here_only_with_a_model() {
        assert!(remedies(ErrorKind::CloudKey, true).contains(&Remedy::AnswerLocally));
        assert!(!remedies(ErrorKind::CloudKey, false).contains(&Remedy::AnswerLocally));
    }
}
