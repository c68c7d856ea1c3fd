//! Launching kernels through cubecl, each of which is written once.

use super::Weight;
use super::recipe::Recipe;
use burn_cubecl::template::{KernelSource, SourceKernel, SourceTemplate};
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::{BufferIOAttr, CubeCount, CubeDim, KernelId};
use cubecl::server::KernelArguments;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

thread_local! {
    pub(super) static LAUNCHES: Cell<u64> = const { Cell::new(0) };
}

/// How many kernels this thread has launched since it started.
#[must_use]
pub fn launches() -> u64 {
    LAUNCHES.get()
}

/// Every kernel that was launched so far by any thread, as what it computes and its text.
#[must_use]
pub fn launched_kernels() -> Vec<(String, String)> {
    let written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let kernels = written.iter();
    kernels
        .map(|(recipe, kernel)| (format!("{recipe:?}"), kernel.text.clone()))
        .collect()
}

/// What a launch would otherwise make anew each time: a model launches the same few kernels.
struct Kernel {
    id: KernelId,
    text: String,
    workgroup: u32,
}

static WRITTEN: LazyLock<Mutex<HashMap<Recipe, Arc<Kernel>>>> = LazyLock::new(Mutex::default);

fn kernel(recipe: Recipe) -> Arc<Kernel> {
    let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    let kernel = written.entry(recipe).or_insert_with(|| {
        Arc::new(Kernel {
            id: KernelId::new::<Source>().info(recipe),
            text: recipe.text(),
            workgroup: recipe.workgroup(),
        })
    });
    Arc::clone(kernel)
}

struct Source(Arc<Kernel>);

impl KernelSource for Source {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(self.0.text.clone())
    }

    fn id(&self) -> KernelId {
        self.0.id.clone()
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// A kernel and the buffers bound so far, in the order in which its recipe declares them.
pub(super) struct Launch {
    kernel: Arc<Kernel>,
    arguments: KernelArguments,
}

impl Launch {
    pub(super) fn of(recipe: Recipe) -> Self {
        Self {
            kernel: kernel(recipe),
            arguments: KernelArguments::new(),
        }
    }

    /// Binds a buffer that is only read.
    pub(super) fn reads(self, tensor: &CubeTensor) -> Self {
        self.bind(tensor, BufferIOAttr::ReadOnly)
    }

    /// Binds a buffer that is written.
    pub(super) fn writes(self, tensor: &CubeTensor) -> Self {
        self.bind(tensor, BufferIOAttr::ReadWrite)
    }

    /// Binds the buffers of a matrix.
    pub(super) fn weight(self, weight: &Weight<'_>) -> Self {
        let launch = self.reads(weight.quants);
        if weight.matrix.format.block_scales() > 0 {
            launch.reads(weight.scales)
        } else {
            launch
        }
    }

    fn bind(mut self, tensor: &CubeTensor, io: BufferIOAttr) -> Self {
        let binding = tensor.handle.clone().binding();
        self.arguments = self.arguments.with_buffer_io(binding, io);
        self
    }

    /// Launches at least `threads` threads along x and `y` workgroups along y, on the device of
    /// `out`.
    pub(super) fn threads(self, threads: usize, y: usize, out: &CubeTensor) {
        let groups = threads.div_ceil(self.kernel.workgroup as usize);
        self.groups(groups, y, out);
    }

    /// Launches `x · y` workgroups on the device of `out`.
    pub(super) fn groups(self, x: usize, y: usize, out: &CubeTensor) {
        LAUNCHES.set(LAUNCHES.get() + 1);
        let cube_dim = CubeDim::new_1d(self.kernel.workgroup);
        let kernel = SourceKernel::new(Source(self.kernel), cube_dim);
        let count = CubeCount::Static(x as u32, y as u32, 1);
        out.client.launch(Box::new(kernel), count, self.arguments);
    }
}
