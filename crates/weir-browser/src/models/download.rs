//! Fetching what is missing of a file.

use futures::{
    StreamExt,
    future::{Either, select},
};
use web_sys::File;

use super::{ObtainError, Progress, STALLED_SECONDS, rate::Rate, sink::Sink, supply};
use crate::{messages::Shard, timers};

/// Progress is told no more often than this.
const TELL_EVERY_MS: f64 = 100.0;
/// And no less often than this, even when nothing comes.
const TICK_MS: f64 = 1_000.0;

/// Fetches `shard` into `sink`, from where that ends.
pub(super) async fn fill(
    shard: &Shard,
    picked: Option<&File>,
    sink: &mut Sink<'_>,
    progress: &mut Progress<'_>,
) -> Result<(), ObtainError> {
    if shard.bytes.is_some_and(|bytes| sink.len() > bytes) {
        sink.clear().await;
    }
    if sink.len() > 0 && shard.bytes == Some(sink.len()) {
        return Ok(());
    }
    let Some(mut supply) = supply::open(shard, picked, sink.len()).await? else {
        return Ok(());
    };
    if supply.from == 0 {
        sink.clear().await;
    }
    let total = shard.bytes.or(supply.total);

    let mut rate = Rate::default();
    let (mut told_at, mut came_at) = (f64::MIN, timers::now_ms());
    loop {
        let now = timers::now_ms();
        if now - told_at >= TELL_EVERY_MS {
            told_at = now;
            rate.record(now, sink.len());
            progress.downloading(sink.len(), total, rate.per_second(now));
        }
        let chunk = match select(supply.chunks.next(), timers::after(TICK_MS)).await {
            Either::Left((Some(Ok(chunk)), _)) => chunk,
            Either::Left((Some(Err(_)), _)) if picked.is_some() => return Err(ObtainError::Gone),
            Either::Left((Some(Err(_)), _)) => return Err(progress.cut(sink.len())),
            Either::Left((None, _)) => break,
            Either::Right(_) if now - came_at > f64::from(STALLED_SECONDS) * 1_000.0 => {
                let seconds = STALLED_SECONDS;
                return Err(ObtainError::Stalled { seconds });
            }
            Either::Right(_) => continue,
        };
        came_at = timers::now_ms();
        if sink.len() == 0 && chunk.length() > 0 && chunk.get_index(0) == b'<' {
            let url = shard.url.clone();
            return Err(ObtainError::WebPage { url });
        }
        if let Some(warning) = sink.write(&chunk).await {
            progress.not_kept(warning);
        }
        if let Some(expected) = shard.bytes.filter(|bytes| sink.len() > *bytes) {
            let found = sink.len();
            return Err(ObtainError::WrongSize { expected, found });
        }
    }
    if total.is_some_and(|total| sink.len() < total) {
        return Err(progress.cut(sink.len()));
    }
    Ok(())
}
