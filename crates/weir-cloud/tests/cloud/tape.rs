//! A transport that plays back a recorded answer, cut where the test wants it, and a clock.

use std::{
    cell::RefCell,
    future::{Future, pending, ready},
    time::Duration,
};

use futures::{FutureExt, Stream, future::Either, stream};
use weir_cloud::{
    ChatCall, ChatReply, Client, CloudFailure, Dialect, HttpRequest, HttpResponse, Message, Part,
    Patience, Provider, Role, Secret, Timer, Transport, TransportError,
};
use weir_core::{NanoUsd, Price, TokenUsage};

pub(crate) struct Tape {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) arrivals: Vec<Result<Vec<u8>, TransportError>>,
    /// Whether the connection stays open and silent after the arrivals.
    pub(crate) hangs: bool,
    pub(crate) requests: RefCell<Vec<HttpRequest>>,
}

impl Tape {
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        Self {
            status,
            headers: Vec::new(),
            arrivals: vec![Ok(body.to_vec())],
            hangs: false,
            requests: RefCell::default(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs `call`, which must not wait for anything that is not there, and collects the text.
    pub(crate) fn play(
        self,
        provider: &Provider,
        call: &ChatCall,
    ) -> (Result<ChatReply, CloudFailure>, String) {
        let clock = if self.hangs {
            Clock::Rings
        } else {
            Clock::Stands
        };
        let client = Client {
            transport: self,
            timer: clock,
            patience: Patience::default(),
        };
        let mut text = String::new();
        let outcome = client
            .chat(provider, call, &mut |piece| text.push_str(piece))
            .now_or_never()
            .expect("nothing is waited for");
        (outcome, text)
    }
}

impl Transport for Tape {
    type Body = Box<dyn Stream<Item = Result<Vec<u8>, TransportError>> + Unpin>;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse<Self::Body>, TransportError> {
        self.requests.borrow_mut().push(request);
        let arrivals = stream::iter(self.arrivals.clone());
        Ok(HttpResponse {
            status: self.status,
            headers: self.headers.clone(),
            body: if self.hangs {
                use futures::StreamExt;
                Box::new(arrivals.chain(stream::pending()))
            } else {
                Box::new(arrivals)
            },
        })
    }
}

/// A clock that stands still, or one whose every alarm rings at once.
pub(crate) enum Clock {
    Stands,
    Rings,
}

impl Timer for Clock {
    fn after(&self, _: Duration) -> impl Future<Output = ()> {
        match self {
            Self::Stands => Either::Left(pending()),
            Self::Rings => Either::Right(ready(())),
        }
    }
}

/// A transport whose connection is never made.
pub(crate) struct Deaf;

impl Transport for Deaf {
    type Body = stream::Empty<Result<Vec<u8>, TransportError>>;

    async fn send(&self, _: HttpRequest) -> Result<HttpResponse<Self::Body>, TransportError> {
        pending().await
    }
}

/// A transport that gives no answer at all.
pub(crate) struct Dead(pub(crate) TransportError);

impl Transport for Dead {
    type Body = stream::Empty<Result<Vec<u8>, TransportError>>;

    async fn send(&self, _: HttpRequest) -> Result<HttpResponse<Self::Body>, TransportError> {
        Err(self.0.clone())
    }
}

pub(crate) const PRICE: Price = Price {
    input: NanoUsd::new(150),
    cached_input: NanoUsd::new(75),
    output: NanoUsd::new(600),
    audio_input: None,
    image_tokens: 1_000,
    audio_tokens_per_second: 50,
};

pub(crate) fn provider() -> Provider {
    speaking(Dialect::OpenAi)
}

pub(crate) fn speaking(dialect: Dialect) -> Provider {
    let key = Secret::new("sk-sesame").expect("a key");
    let base_url = "https://api.example.com/v1";
    Provider::speaking(dialect, base_url, "small", Some(key), PRICE).expect("a provider")
}

/// What every recorded answer says and costs.
pub(crate) const ANSWER: &str = "A low dam – 堰.";
pub(crate) const USAGE: TokenUsage = TokenUsage {
    input: 12,
    cached_input: 4,
    audio_input: 0,
    output: 7,
};

/// A dialogue of every role, whose last question is made of `parts`.
pub(crate) fn dialogue(parts: Vec<Part>) -> Vec<Message> {
    vec![
        Message::text(Role::System, "Be brief."),
        Message::text(Role::User, "Hi"),
        Message::text(Role::Assistant, "Hello"),
        Message {
            role: Role::User,
            parts,
        },
    ]
}

pub(crate) fn question() -> ChatCall {
    ChatCall {
        messages: vec![Message::text(Role::User, "What is a weir?")],
        max_output_tokens: 64,
        temperature: None,
        seed: None,
    }
}
