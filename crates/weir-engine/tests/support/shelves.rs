//! What the desk keeps, and what it lets out.

use std::task::Poll;

use futures::future;
use weir_core::{Approval, Departed, Departure};
use weir_engine::{Gate, LessonStore, Lessons, Saved, Store, StoreError, Tab, Upload};

use super::Desk;

impl Gate for Desk {
    async fn approve(&self, departure: &Departure) -> Approval {
        self.departures.borrow_mut().push(departure.clone());
        if self.undecided.get() {
            future::pending::<()>().await;
        }
        let answer = self.approvals.borrow_mut().pop_front();
        answer.map_or_else(
            || Approval::Send(departure.revision.clone()),
            |answer| answer(departure),
        )
    }
    async fn thumbnail(&self, _: &Upload<'_>) -> Option<String> {
        Some("data:,small".to_owned())
    }
}

impl Store for Desk {
    async fn change<T>(
        &self,
        change: impl FnOnce(&mut Saved, &Tab) -> (T, Option<Departed>),
    ) -> Result<T, StoreError> {
        if self.load_fails.get() {
            return Err(StoreError::Unreadable("the disk is asleep".to_owned()));
        }
        let mut saved = self.stored.borrow().clone().unwrap_or_default();
        let own = self.goes_on.get();
        let others = || {
            let mut locks = self.locks.borrow().clone();
            locks.retain(|it| Some(*it) != own);
            locks
        };
        let tab = Tab {
            keeps: self.keeps.get(),
            elsewhere: others().into_iter().collect(),
        };
        let ((changed, departed), dialogue) = saved.lend(&tab, change);
        if self.store_fails.get() || departed.is_some() && self.log_fails.get() {
            return Err(StoreError::NotStored("the disk is full".to_owned()));
        }
        self.stored.replace(Some(saved));
        self.log.borrow_mut().extend(departed);
        let mut held = others();
        held.push(dialogue);
        self.locks.replace(held);
        self.goes_on.set(Some(dialogue));
        if self.store_waits.get() {
            // Once: whoever else is polled goes on meanwhile.
            let mut waited = false;
            future::poll_fn(|context| {
                context.waker().wake_by_ref();
                if std::mem::replace(&mut waited, true) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
        Ok(changed)
    }
    async fn replace(&self, saved: &Saved) -> Result<(), StoreError> {
        self.load_fails.set(false);
        self.stored.replace(Some(saved.clone()));
        Ok(())
    }
}

impl LessonStore for Desk {
    async fn recall(&self) -> Lessons {
        self.lessons.borrow().clone()
    }
    async fn keep(&self, lessons: &Lessons) {
        self.lessons.replace(lessons.clone());
    }
}
