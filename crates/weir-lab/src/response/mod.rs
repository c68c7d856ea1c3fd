//! The response model of the lab: what a reply will be worth, and how sure that is.
//!
//! TMO asks the five nearest logged turns, by task and history, and predicts held-out scores worse
//! than their mean does. What carries the score is the prompt, which TMO's state leaves out. Here a
//! score is a sum of effects, from the general to the particular:
//!
//! `score = mean + side + arm + task + task × side + task × arm + views + prompt + prompt × side + noise`
//!
//! where *side* is local or cloud, *arm* is side and number of views, *views* is which of them. The
//! effects of a factor are drawn towards 0, and so a prompt that is hardly known towards its task, a
//! task towards its arm, an arm towards its side. How strongly is not tuned: the variance of each
//! factor is estimated from the same scores, and one that explains nothing comes out as 0. Scores are
//! clipped first, because so few ratios with so heavy a tail are decided by their outliers. A
//! prediction brings its uncertainty: of the mean, and of a single score.
//!
//! What it finds in M4A1: local or cloud and the prompt decide nearly everything, the prompt partly
//! by side; tasks differ little beyond their prompts; number and choice of views explain nothing. So a
//! prompt that was seen before is predicted (R² on held-out turns 0.36 raw and 0.50 clipped at 2, over
//! 40 splits of seed 1; TMO's estimator −0.39 and −0.16), a new one is not (−0.07 and −0.03 on held-out
//! prompts), and its wide interval says so: it held 78 % of the clipped scores where 80 % were due.
//! `weir-lab response` prints these figures.
//!
//! - [`logged`]: replies as numbers; `kitchen` holds M4A1's, so that everything runs without the file.
//! - [`mixed`]: effects and their variances. [`hierarchy`]: the effects that replies have.
//! - [`split`], [`predictors`], `neighbours`, [`measure`]: how well held-out scores are predicted,
//!   beside simpler predictors and TMO's.
//! - [`command`]: `weir-lab response`.
//!
//! [`crate::fit`] makes of it the response model that the page loads: its means over the prompts of
//! each task.

pub mod command;
pub mod hierarchy;
mod kitchen;
pub mod logged;
pub mod measure;
pub mod mixed;
mod neighbours;
pub mod predictors;
pub mod split;

pub use command::{ResponseError, ResponseRequest, response};
pub use hierarchy::{Hierarchy, Prediction};
pub use logged::{Logged, Reply};
