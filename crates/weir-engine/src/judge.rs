//! The user judges a reply, or has what was learned forgotten.

use weir_core::{Opinion, TurnId};

use crate::{
    engine::Engine,
    world::{LessonStore, StoreError, World},
};

impl<W: World> Engine<W> {
    /// Takes in what the user thinks of the reply to a turn; `None` takes it back. A last reply that is
    /// unwanted makes room for another, if the same is asked again.
    ///
    /// # Errors
    /// When the dialogue cannot be stored; the opinion counts all the same.
    pub async fn judge(&self, turn: TurnId, now: Option<Opinion>) -> Result<(), StoreError> {
        {
            let turns = &mut self.saved.borrow_mut().turns;
            let is_last = turns.last().is_some_and(|last| last.id == turn);
            let Some(judged) = turns.iter_mut().find(|judged| judged.id == turn) else {
                return Ok(());
            };
            let Some(reply) = &mut judged.reply else {
                return Ok(());
            };
            let before = std::mem::replace(&mut reply.opinion, now);
            let feedback = &mut self.lessons.borrow_mut().feedback;
            feedback.change(&reply.decision, before, now);
            if now == Some(Opinion::Unwanted) && is_last && !self.busy.get() {
                judged.reply = None;
            }
        }
        self.keep_lessons().await;
        self.save().await
    }

    /// Forgets what past turns taught.
    pub async fn forget_lessons(&self) {
        self.lessons.take();
        self.keep_lessons().await;
    }

    pub(crate) async fn keep_lessons(&self) {
        let lessons = self.lessons.borrow().clone();
        self.world.lessons().keep(&lessons).await;
    }
}
