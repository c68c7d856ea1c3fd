//! The local language model is asked what to do.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use weir_core::Task;

use crate::{
    language_model::{LanguageModel, ModelError},
    tmo::{
        choice::{ARMS, Choice},
        dialogue::Dialogue,
        policies::Policy,
    },
};

/// "LLM-as-agent": before every turn the local model reads what is asked, what is left of turns and
/// budget, and what each option takes, and names an option. It sees no mask, as in the paper, only
/// what is left; of so many views, those most similar to the question go along.
///
/// Its answer is the option whose number has the highest logit as the first token of its reply, so it
/// always is one. SmolLM2-135M-Instruct in Q4_1 named the first option, local, in reply to all of the
/// 400 prompts of seeds 1 to 10.
#[derive(Clone, Debug)]
pub struct Agent {
    adviser: Arc<Mutex<Adviser>>,
    questions: Vec<String>,
}

/// The language model, and what it said to each prompt.
#[derive(Debug)]
pub struct Adviser {
    model: LanguageModel,
    said: HashMap<String, usize>,
    failures: usize,
}

/// What was asked of the language model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Name of its file.
    pub model: String,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Different prompts that it read.
    pub prompts: usize,
    /// How often each option was its answer to one of them: local, then the cloud with 0 to 3 views.
    pub answers: [usize; ARMS],
    /// Prompts that it could not read; the answer is local then.
    pub failures: usize,
}

/// The numbers of the options, as the model writes them.
const NUMBERS: [&str; ARMS] = ["1", "2", "3", "4", "5"];

impl Adviser {
    /// The language model of a GGUF file.
    ///
    /// # Errors
    /// [`ModelError`] names what is wrong with it.
    pub fn open(file: &Path) -> Result<Self, ModelError> {
        Ok(Self {
            model: LanguageModel::open(file)?,
            said: HashMap::new(),
            failures: 0,
        })
    }

    /// The arm that the model names.
    fn ask(&mut self, prompt: String) -> usize {
        if let Some(arm) = self.said.get(&prompt) {
            return *arm;
        }
        let answer = self.model.likeliest(&prompt, &NUMBERS);
        self.failures += usize::from(answer.is_err());
        let arm = answer.unwrap_or(0);
        self.said.insert(prompt, arm);
        arm
    }

    /// What was asked so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut answers = [0; ARMS];
        self.said.values().for_each(|arm| answers[*arm] += 1);
        Summary {
            model: self.model.name().into(),
            sha256: self.model.sha256().into(),
            prompts: self.said.len(),
            answers,
            failures: self.failures,
        }
    }
}

impl Agent {
    /// `questions` are those of the simulator whose dialogues it will answer.
    #[must_use]
    pub const fn new(adviser: Arc<Mutex<Adviser>>, questions: Vec<String>) -> Self {
        Self { adviser, questions }
    }
}

impl Policy for Agent {
    fn choose(&mut self, dialogue: &Dialogue<'_>) -> Choice {
        let question = self.questions.get(dialogue.turn().question);
        let prompt = prompt(dialogue, question.map_or("", String::as_str));
        let mut adviser = self.adviser.lock().unwrap_or_else(PoisonError::into_inner);
        let arm = adviser.ask(prompt);
        of_arm(dialogue, arm)
    }
}

/// The action of `arm` with the views most similar to the question.
#[must_use]
pub fn of_arm(dialogue: &Dialogue<'_>, arm: usize) -> Choice {
    let association = |choice: &Choice| dialogue.turn().association[choice.place()];
    let choices = Choice::ALL.into_iter().filter(|choice| choice.arm() == arm);
    choices
        .max_by(|one, other| association(one).total_cmp(&association(other)))
        .unwrap_or(Choice::LOCAL)
}

/// What the model reads. What changes least comes first, because it need not read that again; what is
/// left is said in words, so that equal prompts come again.
#[must_use]
pub fn prompt(dialogue: &Dialogue<'_>, question: &str) -> String {
    let (costs, budget) = (dialogue.costs(), dialogue.budget());
    let mut text = format!(
        "Who should answer the user, a small model on the device or a large one in the cloud? \
         The large one answers better and can be shown pictures, but takes time and money. The whole \
         dialogue may take {:.0} s and {:.1} cents. Reply with the number of one option.\n",
        budget.seconds,
        100.0 * budget.usd
    );
    for (number, choice) in NUMBERS.iter().zip(FIRST_OF_ARM) {
        let who = match choice.arm() {
            0 => "device".into(),
            1 => "cloud, text only".into(),
            2 => "cloud, 1 picture".into(),
            arm => format!("cloud, {} pictures", arm - 1),
        };
        let (seconds, cents) = (costs.seconds(choice), 100.0 * costs.usd(choice));
        let _ = writeln!(text, "{number}: {who}, {seconds:.1} s, {cents:.2} cents");
    }
    let task = match dialogue.turn().task {
        Task::Assistive => "device command",
        Task::Recommendation => "recommendation",
        Task::Query => "query",
        Task::MessageEditing => "message",
        Task::Other => "other",
    };
    let turns = match dialogue.turns_left() {
        0 => "none",
        1 => "one",
        _ => "some",
    };
    let seconds = left(dialogue.seconds(), budget.seconds);
    let money = left(dialogue.usd(), budget.usd);
    let _ = write!(
        text,
        "The user asks ({task}): {question}\nTurns after this: {turns}. Time left: {seconds}. Money \
         left: {money}."
    );
    text
}

/// An action of each arm; all of an arm cost the same.
const FIRST_OF_ARM: [Choice; ARMS] = [
    Choice::ALL[0],
    Choice::ALL[1],
    Choice::ALL[2],
    Choice::ALL[5],
    Choice::ALL[8],
];

/// What is left of a limit, in words.
fn left(spent: f64, limit: f64) -> &'static str {
    match 1.0 - spent / limit {
        share if share > 2.0 / 3.0 => "plenty",
        share if share > 1.0 / 3.0 => "some",
        share if share > 0.0 => "little",
        _ => "none",
    }
}
