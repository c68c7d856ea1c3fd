//! What policies and networks are called, and in which order they stand.

use super::{
    chart::style::{BLUE, GREEN, GREY, INK, ORANGE, Style},
    results::Named,
};

/// What a policy is, for the colour of its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Weir's.
    Weir,
    /// TMO's learned ones.
    Learned,
    /// Rules and routers that read the turn.
    Rule,
    /// Those that know more than a policy may.
    Oracle,
    /// Those that do not look.
    Constant,
}

impl Family {
    /// All of them, in the order of legends.
    pub(super) const ALL: [Self; 5] = [
        Self::Weir,
        Self::Learned,
        Self::Rule,
        Self::Oracle,
        Self::Constant,
    ];

    /// Of a policy by its name in the files.
    pub(super) fn of(policy: &str) -> Self {
        match policy {
            "weir" | "trained" | "trained_on_all" | "trained_without_it" => Self::Weir,
            "a2c" | "ppo" | "dqn" | "rc_a2c" | "rc_ppo" | "rc_dqn" => Self::Learned,
            "oracle" | "oracle_in_budget" | "best" => Self::Oracle,
            "local" | "random" | "random_mix" => Self::Constant,
            "no_mask_cloud" => Self::Constant,
            _ if policy.starts_with("cloud") || policy.starts_with("constant") => Self::Constant,
            _ if policy.starts_with("always") => Self::Constant,
            _ => Self::Rule,
        }
    }

    /// How its marks look.
    pub(super) const fn style(self) -> Style {
        match self {
            Self::Weir => BLUE,
            Self::Learned => ORANGE,
            Self::Rule => GREEN,
            Self::Oracle => INK,
            Self::Constant => GREY,
        }
    }

    /// What legends call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Weir => "Weir",
            Self::Learned => "TMO’s learners",
            Self::Rule => "rules and routers",
            Self::Oracle => "knows the future",
            Self::Constant => "does not look",
        }
    }
}

/// What a policy is called.
pub(super) fn policy(name: &str) -> String {
    let known = match name {
        "weir" => "Weir",
        "local" => "always local",
        "cloud_text" | "always cloud, text only" => "cloud, text alone",
        "cloud_one" => "cloud, one input",
        "cloud_two" => "cloud, two inputs",
        "no_mask_cloud" | "always cloud, everything attached, no mask" => "cloud without mask",
        "always cloud, everything attached" => "cloud, all inputs",
        "greedy" => "one-step greedy",
        "greedy_blind" => "greedy, views unseen",
        "greedy_mask" => "greedy + mask",
        "oracle" => "oracle without budget",
        "oracle_in_budget" => "oracle within budget",
        "constant_1" => "always text alone",
        "constant_2" => "always view 1",
        "constant_3" => "always view 2",
        "constant_4" => "always view 3",
        "constant_5" => "always views 1, 2",
        "constant_6" => "always views 1, 3",
        "constant_7" => "always views 2, 3",
        "constant_8" => "always all views",
        "a2c" => "A2C",
        "ppo" => "PPO",
        "dqn" => "DQN",
        "rc_a2c" => "RC-A2C",
        "rc_ppo" => "RC-PPO",
        "rc_dqn" => "RC-DQN",
        "threshold" => "threshold router",
        "threshold_mask" => "threshold + mask",
        "bandit" => "pacing bandit",
        "question_greedy" => "greedy on questions",
        "agent" => "LLM as agent",
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

const NETWORKS: [&str; 6] = ["Wired", "WiFi", "5G", "4G", "Offline", "Switching"];

/// The entries of `networks` from the fastest to the slowest.
pub(super) fn networks<T>(networks: &Named<T>) -> Vec<(&str, &T)> {
    let place = |name: &str| NETWORKS.iter().position(|known| *known == name);
    let mut ordered: Vec<_> = networks
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    ordered.sort_by_key(|(name, _)| place(name).unwrap_or(NETWORKS.len()));
    ordered
}

/// The entries of `policies`, the highest first; of equal ones Weir's.
pub(super) fn ranked<T>(policies: &Named<T>, number: impl Fn(&T) -> f64) -> Vec<(&str, &T)> {
    let mut ordered: Vec<_> = policies
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    ordered.sort_by(|one, other| {
        let order = number(other.1).total_cmp(&number(one.1));
        order.then((one.0 != "weir").cmp(&(other.0 != "weir")))
    });
    ordered
}
