use proptest::prelude::*;
use weir_policy::{Pacer, Pacing};

fn pacing() -> impl Strategy<Value = Pacing> {
    (0.0..50.0_f32, 0.0..=1.0_f32, 0.0..20.0_f32).prop_map(|(step, damping, most)| Pacing {
        step,
        damping,
        most,
    })
}

fn shares() -> impl Strategy<Value = Vec<(f32, f32)>> {
    prop::collection::vec((0.0..3.0_f32, 0.0..=1.0_f32), 1..40)
}

fn after(pacing: Pacing, shares: &[(f32, f32)]) -> Pacer {
    let mut pacer = Pacer::new(pacing);
    for (spent, elapsed) in shares {
        pacer.observe(*spent, *elapsed);
    }
    pacer
}

proptest! {
    #[test]
    fn the_price_is_bounded_whatever_is_spent(pacing in pacing(), shares in shares(), odd in any::<f32>()) {
        let mut pacer = after(pacing, &shares);
        prop_assert!((0.0..=pacing.most).contains(&pacer.price()));
        pacer.observe(odd, 0.5);
        prop_assert!((0.0..=pacing.most).contains(&pacer.price()));
        pacer.reset();
        prop_assert_eq!(pacer, Pacer::new(pacing));
    }

    #[test]
    fn it_falls_to_nothing_when_nothing_is_spent(pacing in pacing(), shares in shares()) {
        prop_assume!(pacing.damping > 0.01);
        let mut pacer = after(pacing, &shares);
        for _ in 0..2000 {
            let before = pacer.price();
            pacer.observe(0.0, 0.5);
            prop_assert!(pacer.price() <= before);
        }
        prop_assert!(pacer.price() < 1e-6, "{}", pacer.price());
    }

    #[test]
    fn who_spends_more_pays_no_less(
        pacing in pacing(),
        shares in shares(),
        more in prop::collection::vec(0.0..1.0_f32, 40),
        usd in 0.0..1.0_f32,
    ) {
        let higher: Vec<_> = shares
            .iter()
            .zip(more)
            .map(|((spent, elapsed), more)| (spent + more, *elapsed))
            .collect();
        let (less, more) = (after(pacing, &shares), after(pacing, &higher));
        prop_assert!(less.price() <= more.price());
        prop_assert!(less.penalty(usd, 0.1) <= more.penalty(usd, 0.1));
        prop_assert!(more.penalty(usd, 0.1) <= more.penalty(2.0 * usd, 0.1));
    }

    #[test]
    fn it_chooses_among_what_is_allowed_and_never_dearer_for_a_price(
        pacing in pacing(),
        shares in shares(),
        actions in prop::collection::vec((-5.0..5.0_f32, 0.0..0.1_f32, any::<bool>()), 1..20),
        allowance in 0.0..0.1_f32,
    ) {
        let (scores, usd): (Vec<_>, Vec<_>) = actions.iter().map(|(score, usd, _)| (*score, *usd)).unzip();
        let allowed = |place: usize| actions[place].2;
        let free = Pacer::new(Pacing::OFF).choose(&scores, &usd, allowance, allowed);
        let paced = after(pacing, &shares).choose(&scores, &usd, allowance, allowed);
        match (free, paced) {
            (Some(free), Some(paced)) => {
                prop_assert!(allowed(free) && allowed(paced));
                prop_assert!(usd[paced] <= usd[free]);
            }
            (free, paced) => {
                prop_assert_eq!((free, paced), (None, None));
                prop_assert!(actions.iter().all(|(_, _, allowed)| !allowed));
            }
        }
    }
}

#[test]
fn it_outlives_a_reload() {
    let pacing = Pacing {
        step: 4.0,
        damping: 0.1,
        most: 3.0,
    };
    let pacer = after(pacing, &[(0.4, 0.1), (0.6, 0.2)]);
    assert!(pacer.price() > 1.0);
    let kept = serde_json::to_string(&pacer).unwrap();
    assert_eq!(serde_json::from_str::<Pacer>(&kept).unwrap(), pacer);
}
