//! Choosing the next few tokens on the device.

use super::{ForwardError, KvCache, Llama, Logits, Step};
use crate::device::{floats, integers, read};
use crate::kernels::{LlmOps, choice};
use crate::sampling::{Sampler, Sampling};
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::{Int, Tensor};

/// A few tokens that are chosen on the device, one after the other, and read back together.
#[derive(Debug)]
pub struct Choices {
    settings: DispatchTensor,
    history: DispatchTensor,
}

impl Llama {
    /// How many tokens may be chosen on the device at a time: none where reading logits back costs
    /// nothing, or if it cannot choose like this.
    #[must_use]
    pub fn burst(&self, sampling: &Sampling) -> usize {
        if self.on_gpu() && choice::fits(sampling) {
            choice::BURST
        } else {
            0
        }
    }

    /// Lets the device choose the next `count` tokens as `sampler` would, at most
    /// [`burst`](Self::burst).
    #[must_use]
    pub fn choices(&self, sampler: &mut Sampler, count: usize) -> Choices {
        let (settings, history) = sampler.hand_over(count);
        Choices {
            settings: floats(settings, &self.device),
            history: integers(history, &self.device),
        }
    }
}

impl Choices {
    /// Chooses one more token and returns the step that reads it. Nothing is read back, so that the
    /// next pass can be enqueued before this one has ended.
    #[must_use]
    pub fn next(self, logits: Logits) -> (Self, Step) {
        let Self { settings, history } = self;
        let Logits { tensor, step } = logits;
        let (next, history) = Dispatch::choose(tensor, step.tensor, &settings, history);
        let step = Step {
            tensor: next,
            len: 1,
        };
        (Self { settings, history }, step)
    }

    /// Chooses `count` more tokens, and reads all of them into `cache` but the last, whose step it
    /// returns.
    ///
    /// # Errors
    /// [`ForwardError::ContextFull`].
    pub fn run(
        self,
        llama: &Llama,
        cache: &mut KvCache,
        logits: Logits,
        count: usize,
    ) -> Result<(Self, Step), ForwardError> {
        let (mut choices, mut step) = self.next(logits);
        for _ in 1..count {
            let logits = llama.forward(cache, step)?;
            (choices, step) = choices.next(logits);
        }
        Ok((choices, step))
    }

    /// The tokens that were chosen; `None` where no logit was a number.
    ///
    /// # Errors
    /// [`ForwardError::Device`] if they could not be read back.
    pub async fn read(self) -> Result<Vec<Option<u32>>, ForwardError> {
        let history = Tensor::<1, Int>::from_dispatch(self.history);
        let history: Vec<i32> = read(history).await?;
        Ok(choice::chosen(&history).collect())
    }
}
