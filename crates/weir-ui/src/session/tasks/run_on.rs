//! The user says where the local model should run.

use leptos::prelude::*;
use weir_browser::messages::{DeviceChoice, ToWorker};

use crate::session::Session;

/// Runs the local model there, now and the next time.
pub fn run_on(session: Session, device: DeviceChoice) {
    session.settings.update(|settings| settings.device = device);
    session.with_worker(|worker| worker.send(&ToWorker::RunOn { device }));
}

/// Measures once more which device is quicker.
pub fn measure_again(session: Session) {
    session
        .settings
        .update(|settings| settings.device = DeviceChoice::Measure);
    let device = DeviceChoice::MeasureAgain;
    session.with_worker(|worker| worker.send(&ToWorker::RunOn { device }));
}
