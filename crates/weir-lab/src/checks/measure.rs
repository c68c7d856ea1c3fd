//! Letting a model answer the checks.

use indicatif::ProgressBar;

use super::{Check, LocalQuality};
use crate::{
    commands::task_name,
    language_model::{LanguageModel, ModelError},
};

/// What a model answered, and what that amounts to.
#[derive(Debug)]
pub struct Measured {
    /// How many replies passed.
    pub quality: LocalQuality,
    /// Its replies, one for each check.
    pub replies: Vec<String>,
}

/// Tokens of a reply that are checked.
const REPLY_TOKENS: usize = 96;

/// The replies of `model` to `checks`: the likeliest token each time, so that nothing is left to
/// chance.
///
/// # Errors
/// [`ModelError`] if the model cannot be run.
pub fn measure(
    checks: &[Check],
    model: &mut LanguageModel,
    progress: &ProgressBar,
) -> Result<Measured, ModelError> {
    progress.set_length(checks.len() as u64);
    progress.set_message("answering");
    let replies: Vec<String> = checks
        .iter()
        .map(|check| {
            let reply = model.reply(&check.prompt, REPLY_TOKENS)?;
            progress.inc(1);
            Ok(reply)
        })
        .collect::<Result<_, ModelError>>()?;
    progress.finish_and_clear();
    let verdicts = checks.iter().zip(&replies);
    let quality = LocalQuality::count(
        model.name(),
        model.sha256(),
        model.parameters(),
        &format!("greedy, at most {REPLY_TOKENS} tokens"),
        verdicts.map(|(check, reply)| (check, check.passes(reply))),
    );
    Ok(Measured { quality, replies })
}

impl Measured {
    /// The replies to `checks` as a table, one a line: task, kind, verdict, prompt and reply, with
    /// tabs between them and `\n` for a line break.
    #[must_use]
    pub fn table(&self, checks: &[Check]) -> String {
        let line = |(check, reply): (&Check, &String)| {
            let verdict = if check.passes(reply) {
                "passed"
            } else {
                "failed"
            };
            let one_line = |text: &str| text.replace('\t', " ").replace('\n', "\\n");
            format!(
                "{}\t{}\t{verdict}\t{}\t{}\n",
                task_name(check.task),
                check.kind.name(),
                one_line(&check.prompt),
                one_line(reply),
            )
        };
        checks.iter().zip(&self.replies).map(line).collect()
    }
}
