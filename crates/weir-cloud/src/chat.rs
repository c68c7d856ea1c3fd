//! The call: from a dialogue to an answer, piece by piece.

use futures::StreamExt;
use weir_core::TokenUsage;

use crate::{
    bound::bound,
    error::{CloudError, CloudFailure, RetryAfter},
    message::ChatCall,
    patience::{Patience, Timer, within},
    provider::Provider,
    reading::{End, Event, Reading},
    refusal::{self, refusal},
    sse::Splitter,
    transport::{HttpResponse, Transport, TransportError},
    wire,
};

/// An answer in one piece may have this many bytes; 8 MiB are a million tokens and more.
const MAX_WHOLE_BYTES: usize = 8 << 20;

/// Calls providers.
#[derive(Clone, Debug)]
pub struct Client<T, C> {
    /// The network.
    pub transport: T,
    /// The clock.
    pub timer: C,
    /// How long to wait.
    pub patience: Patience,
}

/// How an answer ended; its text went to whoever listened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatReply {
    /// Why it ended.
    pub finish: Finish,
    /// What the provider reported; `None` if it did not, or not credibly: the worst case counts then.
    pub usage: Option<TokenUsage>,
    /// Bytes of the request's body.
    pub bytes_sent: u64,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The model said all it wanted.
    Complete,
    /// It reached the output limit.
    Length,
}

impl<T: Transport, C: Timer> Client<T, C> {
    /// Has `call` answered by `provider` and hands each piece of text to `on_piece` as it arrives. A
    /// part that the provider's format has no place for is refused before anything is sent.
    /// Dropping the future stops the answer and aborts the request.
    ///
    /// # Errors
    /// [`CloudFailure`]: what went wrong, whether text had arrived, and what was reported as used.
    pub async fn chat(
        &self,
        provider: &Provider,
        call: &ChatCall,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<ChatReply, CloudFailure> {
        wire::check(provider, call).map_err(|error| CloudFailure {
            error,
            received_any: false,
            usage: None,
        })?;
        let body = wire::body(provider, call);
        let bytes_sent = body.len() as u64;
        let mut reading = Reading::default();
        let outcome = self.read(provider, body, &mut reading, on_piece).await;
        // A report before the end is a running count: the provider may have gone on unheard.
        let usage = reading
            .usage
            .filter(|_| reading.end.is_some())
            .map(|usage| with_sound(usage, provider, call))
            .filter(|usage| is_credible(*usage, reading.received_any, provider, call));
        // Whatever breaks after the answer's end does no harm to the answer.
        let outcome = match (reading.end, outcome) {
            (Some(End::Finished(finish)), _) => Ok(finish),
            (Some(End::Withheld), _) => Err(CloudError::Withheld),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(CloudError::CutOff),
        };
        match outcome {
            Ok(finish) => Ok(ChatReply {
                finish,
                usage,
                bytes_sent,
            }),
            Err(error) => Err(CloudFailure {
                error,
                received_any: reading.received_any,
                usage,
            }),
        }
    }

    async fn read(
        &self,
        provider: &Provider,
        body: Vec<u8>,
        reading: &mut Reading,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<(), CloudError> {
        let sending = self.transport.send(wire::request(provider, body));
        let waited = self.patience.headers;
        let response = within(&self.timer, waited, sending)
            .await
            .ok_or_else(|| CloudError::Slow {
                host: provider.host().to_owned(),
                waited,
            })?
            .map_err(|error| unanswered(provider, error))?;
        if !(200..300).contains(&response.status) {
            return Err(self.refused(provider, response).await);
        }
        let mut arrivals = Arrivals {
            client: self,
            host: provider.host(),
            body: response.body,
            begun: false,
        };
        let Some(first) = arrivals.skip_blank().await? else {
            return Err(CloudError::CutOff);
        };
        // Servers mislabel their answers; what one begins with does not lie. An event stream begins
        // with a comment, a field's name or a byte order mark.
        match first.trim_ascii_start().first() {
            Some(b'{' | b'[') => {
                let body = arrivals.rest(first).await?;
                reading.whole(provider, &body, on_piece)
            }
            Some(b'<') => Err(CloudError::WebPage {
                host: provider.host().to_owned(),
            }),
            Some(b':' | b'd' | b'e' | b'i' | b'r' | b'\xEF') => {
                arrivals.events(first, provider, reading, on_piece).await
            }
            _ => Err(CloudError::Garbled {
                detail: "it is neither an event stream nor JSON".to_owned(),
            }),
        }
    }

    /// Reads what it can of a refusal's body in a while, and names it.
    async fn refused(
        &self,
        provider: &Provider,
        mut response: HttpResponse<T::Body>,
    ) -> CloudError {
        let retry_after = response.header("retry-after").and_then(RetryAfter::parse);
        let mut body = Vec::new();
        while body.len() < refusal::MAX_BODY_BYTES {
            let arrival = within(&self.timer, self.patience.idle, response.body.next());
            match arrival.await.flatten() {
                Some(Ok(bytes)) => body.extend(bytes),
                Some(Err(_)) | None => break,
            }
        }
        refusal(provider, response.status, retry_after, &body)
    }
}

/// The bytes of an answer as they arrive.
struct Arrivals<'a, T: Transport, C> {
    client: &'a Client<T, C>,
    host: &'a str,
    body: T::Body,
    begun: bool,
}

impl<T: Transport, C: Timer> Arrivals<'_, T, C> {
    /// The next bytes, or `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, CloudError> {
        let patience = &self.client.patience;
        let begun = std::mem::replace(&mut self.begun, true);
        let waited = if begun {
            patience.idle
        } else {
            patience.first_byte
        };
        let arrival = within(&self.client.timer, waited, self.body.next()).await;
        match arrival {
            Some(arrival) => arrival.transpose().map_err(|_| CloudError::CutOff),
            None if begun => Err(CloudError::Stalled { waited }),
            None => Err(CloudError::Silent {
                host: self.host.to_owned(),
                waited,
            }),
        }
    }

    /// The first bytes that are not blank, which tell what kind of answer this is.
    async fn skip_blank(&mut self) -> Result<Option<Vec<u8>>, CloudError> {
        while let Some(bytes) = self.next().await? {
            if !bytes.trim_ascii().is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    async fn rest(&mut self, mut body: Vec<u8>) -> Result<Vec<u8>, CloudError> {
        while let Some(bytes) = self.next().await? {
            body.extend(bytes);
            if body.len() > MAX_WHOLE_BYTES {
                return Err(CloudError::Garbled {
                    detail: format!("it is longer than {MAX_WHOLE_BYTES} bytes"),
                });
            }
        }
        Ok(body)
    }

    async fn events(
        &mut self,
        first: Vec<u8>,
        provider: &Provider,
        reading: &mut Reading,
        on_piece: &mut dyn FnMut(&str),
    ) -> Result<(), CloudError> {
        let too_long = |error: crate::sse::TooLong| CloudError::Garbled {
            detail: error.to_string(),
        };
        let mut splitter = Splitter::default();
        let mut arrived = Some(first);
        while let Some(bytes) = arrived {
            let mut events = Vec::new();
            let outcome = splitter.push(&bytes, &mut events);
            for data in events {
                if let Event::Done = reading.event(provider, &data, on_piece)? {
                    // The mark is the provider's word that nothing was lost.
                    reading.end = reading.end.or(Some(End::Finished(Finish::Complete)));
                    return Ok(());
                }
            }
            outcome.map_err(too_long)?;
            arrived = self.next().await?;
        }
        if let Some(data) = splitter.finish().map_err(too_long)? {
            // An event that ends in its middle is no garbage: the stream was cut there.
            reading
                .event(provider, &data, on_piece)
                .map_err(|_| CloudError::CutOff)?;
        }
        Ok(())
    }
}

fn unanswered(provider: &Provider, error: TransportError) -> CloudError {
    let host = provider.host().to_owned();
    match error {
        TransportError::Offline => CloudError::Offline,
        TransportError::NotSent(detail) => CloudError::Unreachable { host, detail },
        TransportError::Blocked => CloudError::Blocked { host },
        TransportError::Broken(detail) => CloudError::NoAnswer { host, detail },
    }
}

/// A report that counts no sound where some was sent leaves open which of its tokens were: as many as
/// can be, so that they are not charged at the price of text.
fn with_sound(usage: TokenUsage, provider: &Provider, call: &ChatCall) -> TokenUsage {
    let most = provider.price().sound_tokens(bound(call).audio_seconds);
    match usage.audio_input {
        0 => TokenUsage {
            audio_input: most.min(usage.input),
            ..usage
        },
        _ => usage,
    }
}

/// A report is believed unless it cannot be true: no prompt, text without output, or more than the
/// call could have used.
fn is_credible(
    usage: TokenUsage,
    received_any: bool,
    provider: &Provider,
    call: &ChatCall,
) -> bool {
    let bound = bound(call);
    let output_is_possible = usage.output > 0 || !received_any;
    usage.input > 0
        && output_is_possible
        && usage.output <= bound.output_tokens
        && provider.price().cost(usage) <= provider.price().worst_case(bound)
}
