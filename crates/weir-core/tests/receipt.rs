//! The account of a turn that was asked in two places holds what both took and cost.

use weir_core::{NanoUsd, Receipt, Where, receipt::Sent};

#[test]
fn what_failed_first_is_part_of_the_account() {
    let cloud = Where::Cloud {
        model: "large".to_owned(),
        host: "cloud.test".to_owned(),
    };
    let failed = Receipt {
        total_ms: 700,
        usd: NanoUsd::new(30),
        worst_case: true,
        sent: vec![Sent::Text {
            bytes: 5,
            redacted: 0,
        }],
        bytes_sent: 9,
        repeated: 1,
        ..Receipt::blank(cloud.clone())
    };
    let here = Where::Local {
        model: "tiny".to_owned(),
    };
    let answered = Receipt {
        tokens: 20,
        first_token_ms: 100,
        total_ms: 300,
        ..Receipt::blank(here.clone())
    };
    let account = answered.after(failed, "it broke".to_owned());
    assert_eq!((account.first_token_ms, account.total_ms), (800, 1_000));
    assert_eq!((account.usd, account.worst_case), (NanoUsd::new(30), true));
    assert_eq!((account.bytes_sent, account.repeated), (9, 1));
    assert_eq!(
        (account.sent.len(), account.tokens, account.place),
        (1, 20, here)
    );
    let failover = account.failover.expect("what failed");
    assert_eq!((failover.place, failover.usd), (cloud, NanoUsd::new(30)));
}
