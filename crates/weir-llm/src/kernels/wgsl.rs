//! Putting the text of a WGSL kernel together and launching it through cubecl.
//!
//! A kernel is made of parts (the files in `wgsl/`), flags that choose between `#if` branches in
//! them, constants, and buffers. Declarations of constants and buffers are written here, so that
//! the order of the bindings is stated once: where the kernel is launched.

use burn_cubecl::template::{KernelSource, SourceKernel, SourceTemplate};
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::{BufferIOAttr, CubeCount, CubeDim, KernelId};
use cubecl::server::KernelArguments;
use std::fmt::Write;

/// The files in `wgsl/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Argmax,
    Attention,
    Block,
    Embed,
    Linear,
    RmsNorm,
    RopeAppend,
    SumRows,
}

impl Part {
    const fn text(self) -> &'static str {
        match self {
            Self::Argmax => include_str!("wgsl/argmax.wgsl"),
            Self::Attention => include_str!("wgsl/attention.wgsl"),
            Self::Block => include_str!("wgsl/block.wgsl"),
            Self::Embed => include_str!("wgsl/embed.wgsl"),
            Self::Linear => include_str!("wgsl/linear.wgsl"),
            Self::RmsNorm => include_str!("wgsl/rms_norm.wgsl"),
            Self::RopeAppend => include_str!("wgsl/rope_append.wgsl"),
            Self::SumRows => include_str!("wgsl/sum_rows.wgsl"),
        }
    }
}

/// A number in the text of a kernel. Floats are kept as bits, so that kernels can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Constant {
    Unsigned(u32),
    Float(u32),
}

/// Everything that decides a kernel's text; also the key under which its pipeline is cached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Definition {
    parts: &'static [Part],
    workgroup: u32,
    flags: Vec<&'static str>,
    constants: Vec<(&'static str, Constant)>,
    /// Name and element type of each buffer, in the order of the bindings.
    buffers: Vec<(&'static str, &'static str)>,
}

impl Definition {
    fn text(&self) -> String {
        let mut text = String::new();
        for (binding, (name, ty)) in self.buffers.iter().enumerate() {
            // Always `read_write`: natively, buffers share an allocation, and WebGPU forbids one
            // allocation to be bound both as read and as read_write.
            let _ = writeln!(
                text,
                "@group(0) @binding({binding}) var<storage, read_write> {name}: array<{ty}>;"
            );
        }
        let _ = writeln!(text, "const WORKGROUP: u32 = {}u;", self.workgroup);
        for (name, constant) in &self.constants {
            let _ = match constant {
                Constant::Unsigned(value) => writeln!(text, "const {name}: u32 = {value}u;"),
                Constant::Float(bits) => {
                    writeln!(text, "const {name}: f32 = {:?}f;", f32::from_bits(*bits))
                }
            };
        }
        for part in self.parts {
            choose(part.text(), &self.flags, &mut text);
        }
        text
    }
}

/// Copies the lines whose `#if` branches are taken. Branches may be nested.
fn choose(part: &str, flags: &[&str], text: &mut String) {
    let mut taken = vec![true];
    for line in part.lines() {
        let outer = |taken: &[bool]| taken.iter().rev().skip(1).all(|&branch| branch);
        if let Some(flag) = line.strip_prefix("#if ") {
            taken.push(flags.contains(&flag));
        } else if line == "#else" {
            if let Some(branch) = taken.last_mut() {
                *branch = !*branch;
            }
        } else if line == "#end" {
            taken.pop();
        } else if outer(&taken) && taken.last() == Some(&true) {
            text.push_str(line);
            text.push('\n');
        }
    }
}

struct Source(Definition);

impl KernelSource for Source {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(self.0.text())
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(self.0.clone())
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// A kernel with its arguments, ready to be launched.
pub(super) struct Kernel {
    definition: Definition,
    arguments: KernelArguments,
}

impl Kernel {
    pub(super) fn new(parts: &'static [Part], workgroup: u32) -> Self {
        Self {
            definition: Definition {
                parts,
                workgroup,
                flags: Vec::new(),
                constants: Vec::new(),
                buffers: Vec::new(),
            },
            arguments: KernelArguments::new(),
        }
    }

    /// Takes the `#if name` branches.
    pub(super) fn flag(mut self, name: &'static str) -> Self {
        self.definition.flags.push(name);
        self
    }

    pub(super) fn constant(mut self, name: &'static str, value: usize) -> Self {
        let value = Constant::Unsigned(value as u32);
        self.definition.constants.push((name, value));
        self
    }

    pub(super) fn float(mut self, name: &'static str, value: f32) -> Self {
        let value = Constant::Float(value.to_bits());
        self.definition.constants.push((name, value));
        self
    }

    /// Binds a buffer that is only read.
    pub(super) fn reads(self, name: &'static str, ty: &'static str, tensor: &CubeTensor) -> Self {
        self.bind(name, ty, tensor, BufferIOAttr::ReadOnly)
    }

    /// Binds a buffer that is written.
    pub(super) fn writes(self, name: &'static str, ty: &'static str, tensor: &CubeTensor) -> Self {
        self.bind(name, ty, tensor, BufferIOAttr::ReadWrite)
    }

    fn bind(
        mut self,
        name: &'static str,
        ty: &'static str,
        tensor: &CubeTensor,
        io: BufferIOAttr,
    ) -> Self {
        self.definition.buffers.push((name, ty));
        let binding = tensor.handle.clone().binding();
        self.arguments = self.arguments.with_buffer_io(binding, io);
        self
    }

    /// Launches `threads` threads along x and `y` workgroups along y, on the device of `out`.
    pub(super) fn launch(self, threads: usize, y: usize, out: &CubeTensor) {
        let workgroup = self.definition.workgroup;
        let groups = (threads as u32).div_ceil(workgroup);
        let kernel = SourceKernel::new(Source(self.definition), CubeDim::new_1d(workgroup));
        let count = CubeCount::Static(groups, y as u32, 1);
        out.client.launch(Box::new(kernel), count, self.arguments);
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    fn chosen(part: &str, flags: &[&str]) -> String {
        let mut text = String::new();
        choose(part, flags, &mut text);
        text
    }

    #[test]
    fn branches_follow_flags_even_when_nested() {
        let part = "a\n#if X\nb\n#if Y\nc\n#else\nd\n#end\n#else\ne\n#end\nf";
        assert_eq!(chosen(part, &["X", "Y"]), "a\nb\nc\nf\n");
        assert_eq!(chosen(part, &["X"]), "a\nb\nd\nf\n");
        assert_eq!(chosen(part, &["Y"]), "a\ne\nf\n");
    }
}
