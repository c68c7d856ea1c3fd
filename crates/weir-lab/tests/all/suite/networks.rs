use indicatif::ProgressBar;
use weir_lab::{
    suite::{
        kinds::Kind,
        networks::{Compliance, judge},
        policies::all,
    },
    world::Noise,
};

use super::weir;
use crate::scenario;

#[test]
fn the_shipped_policy_earns_more_than_any_constant_and_keeps_its_limits() {
    let (seeds, dialogues) = ([1, 2, 3], 40);
    let networks = judge(
        &scenario(Noise::Full),
        &mut all(weir()),
        (&seeds, dialogues),
        &ProgressBar::hidden(),
    );
    for (kind, rows) in &networks {
        let weir = &rows["weir"];
        assert_eq!(weir.behind_weir, 0.0);
        let offline = *kind == Kind::Offline;
        for (name, row) in rows {
            assert!(row.reward_ci[0] <= row.reward && row.reward <= row.reward_ci[1]);
            assert!((row.behind_weir - (weir.reward - row.reward)).abs() < 1e-9);
            if *name != "no_mask_cloud" {
                assert!(row.over_budget_rate <= 0.01, "{kind:?}, {name}");
            }
            if offline {
                assert_eq!((row.cloud_share, row.behind_weir), (0.0, 0.0), "{name}");
            }
        }
        if !offline {
            for constant in ["local", "cloud_text", "cloud_one", "cloud_two", "random"] {
                let row = &rows[constant];
                assert!(row.behind_weir_ci[0] > 0.0, "{kind:?}, {constant}: {row:?}");
            }
            assert!(rows["no_mask_cloud"].over_budget_rate > 0.05);
            assert!(weir.max_action_share < 0.99, "{kind:?}: a constant policy");
            assert!(weir.gap_share > 0.9, "{kind:?}: {}", weir.gap_share);
        }
    }
    let compliance = Compliance::of(&networks, 3 * dialogues);
    assert_eq!(compliance.dialogues, 6 * 3 * dialogues);
    assert!(compliance.over_budget_rate <= compliance.risk);
}
