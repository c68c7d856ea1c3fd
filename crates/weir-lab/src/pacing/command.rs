//! What `weir-lab pacing` does.

use std::{fmt::Write as _, path::PathBuf, sync::Arc};

use serde::Serialize;
use weir_policy::Pacing;

use super::{DIALOGUES, Row, compare, days};
use crate::{
    checks::{LocalQuality, QualityError},
    commands::progress,
    output::{Place, WriteError, json},
    scenario::{self, ScenarioError},
    shipped::{self, PolicyError},
    world::{Noise, Scenario},
};

/// What `weir-lab pacing` was asked for.
#[derive(Clone, Debug)]
pub struct PacingRequest {
    /// Name or file of the scenario.
    pub scenario: String,
    /// Folder of the policy.
    pub policy: PathBuf,
    /// Seed of the days.
    pub seed: u64,
    /// Days to play under each budget.
    pub days: u64,
    /// How the paced days are paced.
    pub pacing: Pacing,
    /// File to write, if any.
    pub json: Option<PathBuf>,
}

/// Why no days were played.
#[derive(Debug, thiserror::Error)]
pub enum PacingError {
    /// The scenario was refused.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The measurement of the local model is damaged.
    #[error(transparent)]
    Local(#[from] QualityError),
    /// The policy was refused.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What `weir-lab pacing` says.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `pacing`.
    pub suite: &'static str,
    /// The scenario.
    pub scenario: String,
    /// Seed of the days.
    pub seed: u64,
    /// Days under each budget.
    pub days: u64,
    /// Dialogues of a day.
    pub dialogues_per_day: u64,
    /// USD of a day without a budget.
    pub free_usd: f64,
    /// By budget, as a share of that.
    pub budgets: Vec<Compared>,
}

/// One budget.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The budget as a share of what a day spends without one.
    pub share: f64,
    /// Without a pacer.
    pub plain: Row,
    /// With it.
    pub paced: Row,
}

/// Budgets, as shares of what a day spends without one.
const SHARES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 1.0];
/// More than any day costs.
const FREE_USD: f64 = 1e6;

/// Plays days and writes the file that was asked for; returns what to print.
///
/// # Errors
/// [`PacingError`]; nothing is written then.
pub fn pacing(request: &PacingRequest) -> Result<String, PacingError> {
    let file = request.json.as_deref().map(Place::new).transpose()?;
    let pack = scenario::find(&request.scenario)?;
    let scenario = Arc::new(Scenario::new(pack, &LocalQuality::shipped()?, Noise::Full));
    let policy = shipped::load(&request.policy)?;
    let bar = progress();
    bar.set_message("playing days");
    bar.set_length(1 + SHARES.len() as u64);
    let days: Vec<u64> = days(request.seed, request.days).collect();
    let play = |usd: f64, pacings: &[Pacing]| {
        let rows = compare(&scenario, &policy, &days, usd, pacings);
        bar.inc(1);
        rows
    };
    let free_usd = play(FREE_USD, &[Pacing::OFF])
        .first()
        .map_or(0.0, |row| f64::from(row.used) * FREE_USD);
    let budgets = SHARES
        .iter()
        .filter_map(|share| {
            let rows = play(share * free_usd, &[Pacing::OFF, request.pacing]);
            let [plain, paced] = rows.try_into().ok()?;
            let share = *share;
            Some(Compared {
                share,
                plain,
                paced,
            })
        })
        .collect();
    bar.finish_and_clear();
    let report = Report {
        suite: "pacing",
        scenario: scenario.pack.name.clone(),
        seed: request.seed,
        days: request.days,
        dialogues_per_day: DIALOGUES,
        free_usd,
        budgets,
    };
    if let Some(file) = file {
        file.write(json(&report)?)?;
    }
    Ok(table(&report))
}

fn table(report: &Report) -> String {
    let mut text = format!(
        "{} days of {} dialogues, {:.4} USD a day without a budget\n\
         budget   pacer   reward   gain   95 % interval   late reward   spent   late without money\n",
        report.days, report.dialogues_per_day, report.free_usd
    );
    for budget in &report.budgets {
        for (pacer, row) in [("off", &budget.plain), ("on", &budget.paced)] {
            let _ = writeln!(
                text,
                "{:5.0} %   {pacer:5} {:8.3} {:+6.3}   {:+.3} – {:+.3} {:12.3} {:7.1} % {:15.1} %",
                100.0 * budget.share,
                row.reward.mean,
                row.gain.mean,
                row.gain.low,
                row.gain.high,
                row.late_reward,
                100.0 * row.used,
                100.0 * row.broke,
            );
        }
    }
    text
}
