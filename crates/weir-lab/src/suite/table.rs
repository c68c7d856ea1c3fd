//! What the suites say, for the terminal.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    report::{ScalingReport, WeirReport},
    rows::Row,
};

/// The gist of the suite `weir`.
#[must_use]
pub fn weir(report: &WeirReport) -> String {
    let mut text = String::new();
    for (kind, rows) in &report.networks {
        policies(&mut text, kind.name(), rows);
    }
    let noise = &report.noise;
    let _ = writeln!(
        text,
        "over budget where the world surprises: {:.2} % of {} dialogues (at most {:.0} % promised)",
        100.0 * noise.over_budget_rate,
        noise.dialogues,
        100.0 * noise.risk
    );
    let _ = writeln!(
        text,
        "offline: local with probability {:.4} or more in {} turns",
        report.offline.least_probability, report.offline.turns
    );
    for uplink in &report.uplink {
        let _ = writeln!(
            text,
            "uplink {:5.1} Mbit/s: uploads in {:5.1} % of the turns that could, cloud in {:5.1} %",
            uplink.up_mbps,
            100.0 * uplink.upload_share,
            100.0 * uplink.cloud_share
        );
    }
    for (name, routing) in &report.cost_quality.routing {
        let _ = writeln!(
            text,
            "{name:12} APGR {:.3}, CPT(50 %) {:.2}, CPT(80 %) {:.2}, half the calls keep {:.1} %",
            routing.apgr,
            routing.cpt_50,
            routing.cpt_80,
            100.0 * routing.cloud_quality_share
        );
    }
    for truth in &report.known_truth {
        let _ = writeln!(
            text,
            "known world  {:12} {:.4}, {:.4} from the best",
            truth.policy, truth.value, truth.gap_to_best
        );
    }
    for domain in report.left_out.iter().flatten() {
        for (name, row) in &domain.policies {
            let _ = writeln!(
                text,
                "{:12} {name:20} {:6.3}, behind the one trained on all {:+.3} ({:+.3} to {:+.3})",
                domain.scenario,
                row.reward,
                row.behind_all,
                row.behind_all_ci[0],
                row.behind_all_ci[1]
            );
        }
    }
    for ablation in report.ablations.iter().flatten() {
        let _ = writeln!(
            text,
            "without {:12} {:6.3}, {:+.3} ({:+.3} to {:+.3}), over budget {:.1} %",
            ablation.name,
            ablation.reward,
            ablation.change,
            ablation.change_ci[0],
            ablation.change_ci[1],
            100.0 * ablation.over_budget_rate
        );
    }
    for (name, decrease) in report
        .grid
        .iter()
        .flat_map(|grid| &grid.monotone_violations)
    {
        let _ = writeln!(
            text,
            "budgets      {name:12} largest decrease {:+.4} ({:+.4} to {:+.4}); {} of {} steps fall beyond noise",
            decrease.largest_decrease,
            decrease.ci[0],
            decrease.ci[1],
            decrease.significant,
            decrease.steps
        );
    }
    for cell in report.grid.iter().flat_map(|grid| &grid.cells) {
        if let Some(row) = cell.policies.get("weir") {
            let _ = writeln!(
                text,
                "{:4.0} s {:7.4} USD: weir {:6.3}, over {:.1} % of the {:.0} % feasible, {:.1} % of all",
                cell.limits.seconds,
                cell.limits.usd,
                row.reward,
                100.0 * row.over_budget_rate,
                100.0 * cell.feasible_share,
                100.0 * row.over_budget_rate_all
            );
        }
    }
    text
}

/// The gist of the suite `scaling`.
#[must_use]
pub fn scaling(report: &ScalingReport) -> String {
    let mut text = String::new();
    for (name, pack) in &report.packs {
        policies(&mut text, name, &pack.policies);
    }
    text
}

/// The best policies first.
fn policies(text: &mut String, title: &str, rows: &BTreeMap<&'static str, Row>) {
    let _ = writeln!(
        text,
        "{title:26} reward   95 % interval   over budget   of the gap   cloud"
    );
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by(|(_, one), (_, other)| other.reward.total_cmp(&one.reward));
    for (policy, row) in rows {
        let [low, high] = row.reward_ci;
        let _ = writeln!(
            text,
            "  {policy:24} {:6.3}  {low:6.3} – {high:6.3}      {:5.1} %      {:5.1} %   {:4.0} %",
            row.reward,
            100.0 * row.over_budget_rate,
            100.0 * row.gap_share,
            100.0 * row.cloud_share
        );
    }
}
