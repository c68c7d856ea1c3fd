//! What past turns taught, kept in IndexedDB in a record of its own: it outlives dialogues, and any tab
//! may write it.

use weir_engine::{LessonStore, Lessons};

use super::database;

const LESSONS: &str = "lessons";

/// The engine's store of what was learned.
#[derive(Clone, Copy, Debug, Default)]
pub struct IndexedLessons;

impl LessonStore for IndexedLessons {
    async fn recall(&self) -> Lessons {
        let stored = database::get(LESSONS).await;
        stored.ok().flatten().unwrap_or_default()
    }

    async fn keep(&self, lessons: &Lessons) {
        let _ = database::put(LESSONS, lessons).await;
    }
}
