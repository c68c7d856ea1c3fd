//! Launches that are recorded once and repeated from then on.
//!
//! To launch a kernel, cubecl looks up its pipeline, resolves its buffers and makes a bind group, each
//! time anew. A token of 30 layers, of whose 64 launches 60 are recorded, takes 1.2 to 1.4 ms of its
//! thread's time natively; launched, 2.5 to 3.0 ms. The GPU does the same either way.
#![expect(
    unsafe_code,
    reason = "cubecl does not check the buffers of a recording that it repeats"
)]

use super::launch::{LAUNCHES, launches};
use burn::backend::{DispatchDevice, StreamId};
use burn::tensor::Device;
use cubecl::client::Graph;

/// Some launches, with the buffers that they had.
#[derive(Debug)]
pub struct Recording {
    graph: Graph,
    /// Work that is enqueued by others is in order with the recording's only on this stream.
    stream: StreamId,
    launches: u64,
}

impl Recording {
    /// Makes `launch` work on `buffers`, and records what it launches when it is asked once more;
    /// this second time nothing runs. `None` if the device cannot record.
    ///
    /// It must do the same each time: launch kernels that are given the same buffers, which it hands
    /// back, and nothing else; it allocates, reads and writes nothing.
    pub fn of<T>(device: &Device, buffers: T, mut launch: impl FnMut(T) -> T) -> (T, Option<Self>) {
        let client = match device.as_dispatch() {
            DispatchDevice::Cube(device) => device.client(),
            _ => return (launch(buffers), None),
        };
        let prepared = client.graph_prepare();
        // Makes what only a first launch needs: nothing may be made while recording.
        let buffers = launch(buffers);
        if prepared.is_err() {
            return (buffers, None);
        }
        if client.start_capture().is_err() {
            // Ends what was prepared; there is no recording to be had.
            let _ = client.stop_capture();
            return (buffers, None);
        }
        let before = launches();
        let buffers = launch(buffers);
        let launched = LAUNCHES.replace(before) - before;
        // It is refused if a launch failed; then those that follow fail too, and reading tells why.
        let recording = client.stop_capture().ok().map(|graph| Self {
            graph,
            stream: StreamId::current(),
            launches: launched,
        });
        (buffers, recording)
    }

    /// Enqueues the launches once more. `false` if nothing was enqueued: on another thread than the
    /// one that recorded them, or if the device refuses.
    #[must_use]
    pub fn repeat(&self) -> bool {
        if StreamId::current() != self.stream {
            return false;
        }
        // SAFETY: the memory of all buffers stays theirs, since the graph guards its pages for as long
        // as it lives. What others enqueue on these buffers is in order with the graph, because this
        // is the stream that it was recorded on, and cubecl orders other streams' work after it.
        let repeated = unsafe { self.graph.replay() }.is_ok();
        if repeated {
            LAUNCHES.set(launches() + self.launches);
        }
        repeated
    }
}
