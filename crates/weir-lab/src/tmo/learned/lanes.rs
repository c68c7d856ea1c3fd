//! Many worlds side by side, so that one pass of a network answers all of them.

/// One of the worlds. It begins anew by itself.
pub trait Lane {
    /// Appends what is seen of the present turn to `batch`, as many numbers each time.
    fn observe(&self, batch: &mut Vec<f32>);

    /// Takes an action and goes on.
    fn step(&mut self, action: usize) -> Brought;
}

/// What a step brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brought {
    /// The reward.
    pub reward: f32,
    /// Whether the next turn belongs to another dialogue.
    pub done: bool,
}

/// A learning curve: steps so far, and the mean reward of the steps since the point before.
pub type Curve = Vec<(u64, f64)>;

/// The worlds, and how learning went in them. A step of one world is counted as one step.
#[derive(Clone, Debug)]
pub struct Lanes<L> {
    lanes: Vec<L>,
    steps: u64,
    /// Steps between two points of the curve.
    interval: u64,
    rewards: f64,
    curve: Curve,
}

impl<L: Lane> Lanes<L> {
    /// At least one world, and a point of the curve each `interval` steps or at the first
    /// opportunity after.
    #[must_use]
    pub const fn new(lanes: Vec<L>, interval: u64) -> Self {
        Self {
            lanes,
            steps: 0,
            interval,
            rewards: 0.0,
            curve: Vec::new(),
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.lanes.len()
    }

    /// Steps taken so far, over all worlds.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// How learning went.
    #[must_use]
    pub fn into_curve(self) -> Curve {
        self.curve
    }

    /// What is seen in each world, one row after the other.
    #[must_use]
    pub fn observe(&self) -> Vec<f32> {
        let mut batch = Vec::new();
        for lane in &self.lanes {
            lane.observe(&mut batch);
        }
        batch
    }

    /// Takes an action in each world.
    pub fn step(&mut self, actions: &[usize]) -> Vec<Brought> {
        let lanes = self.lanes.iter_mut().zip(actions);
        let brought: Vec<Brought> = lanes.map(|(lane, action)| lane.step(*action)).collect();
        self.steps += brought.len() as u64;
        self.rewards += brought
            .iter()
            .map(|brought| f64::from(brought.reward))
            .sum::<f64>();
        let before = self.curve.last().map_or(0, |(steps, _)| *steps);
        if self.steps - before >= self.interval {
            let mean = self.rewards / (self.steps - before) as f64;
            self.curve.push((self.steps, mean));
            self.rewards = 0.0;
        }
        brought
    }
}
