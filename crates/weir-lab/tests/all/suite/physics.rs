use indicatif::ProgressBar;
use weir_lab::{
    suite::{
        kinds::Kind,
        physics::{UPLINKS, offline, uplink},
    },
    world::Noise,
};

use super::{contest, weir};
use crate::scenario;

#[test]
fn offline_the_answer_is_local_for_certain() {
    let contest = contest(Kind::Offline.scenario(&scenario(Noise::Full)), 40);
    let offline = offline(&contest, weir(), &ProgressBar::hidden());
    assert!(offline.turns > 240);
    assert_eq!((offline.local_share, offline.least_probability), (1.0, 1.0));
}

#[test]
fn less_is_uploaded_as_the_uplink_gets_worse() {
    let contest = contest(Kind::WiFi.scenario(&scenario(Noise::Full)), 40);
    let uplinks = uplink(&contest, weir(), &ProgressBar::hidden());
    assert_eq!(uplinks.len(), UPLINKS.len());
    for uplink in &uplinks {
        assert!(uplink.change_ci[0] <= 0.0, "{uplink:?}");
    }
    let (fastest, slowest) = (&uplinks[0], &uplinks[uplinks.len() - 1]);
    assert!(fastest.upload_probability > 1.2 * slowest.upload_probability);
    assert!(fastest.upload_share > slowest.upload_share);
}
