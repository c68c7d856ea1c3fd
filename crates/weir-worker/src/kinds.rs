//! The engine's troubles by the names that the page knows.

use weir_browser::messages::ErrorKind;
use weir_engine::Trouble;

pub(crate) const fn kind(trouble: Trouble) -> ErrorKind {
    match trouble {
        Trouble::EmptyPrompt => ErrorKind::EmptyPrompt,
        Trouble::PromptTooLong => ErrorKind::PromptTooLong,
        Trouble::NothingCanAnswer => ErrorKind::NothingCanAnswer,
        Trouble::OverBudget => ErrorKind::OverBudget,
        Trouble::Busy => ErrorKind::Busy,
        Trouble::Withheld => ErrorKind::Withheld,
        Trouble::Request => ErrorKind::Request,
        Trouble::Device => ErrorKind::Device,
        Trouble::Storage => ErrorKind::Storage,
        Trouble::CloudUnreachable => ErrorKind::CloudUnreachable,
        Trouble::CloudOffline => ErrorKind::CloudOffline,
        Trouble::CloudBlocked => ErrorKind::CloudBlocked,
        Trouble::CloudSlow => ErrorKind::CloudSlow,
        Trouble::CloudPayment => ErrorKind::CloudPayment,
        Trouble::CloudDeclined => ErrorKind::CloudDeclined,
        Trouble::CloudNotFound => ErrorKind::CloudNotFound,
        Trouble::CloudForeign => ErrorKind::CloudForeign,
        Trouble::CloudKey => ErrorKind::CloudKey,
        Trouble::CloudRateLimited => ErrorKind::CloudRateLimited,
        Trouble::CloudFailing => ErrorKind::CloudFailing,
        Trouble::CloudCutOff => ErrorKind::CloudCutOff,
        Trouble::CloudRefused => ErrorKind::CloudRefused,
    }
}
