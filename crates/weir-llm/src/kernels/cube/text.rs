//! The text of a WGSL kernel, put together from the files in `wgsl/`.
//!
//! Lines between `#if FLAG`, `#else` and `#end` are taken or left. Declarations of constants and
//! buffers are written here, in the order in which a [recipe](super::recipe) names them.

use crate::kernels::{Format, Matrix};
use std::fmt::Write;

/// The functions that take blocks of weights apart, and those of one matrix, called `MATRIX` there.
const UNPACK: &str = include_str!("../wgsl/unpack.wgsl");
const BLOCK: &str = include_str!("../wgsl/block.wgsl");

/// A kernel's text that is being written.
#[derive(Debug, Default)]
pub(super) struct Text {
    buffers: usize,
    declarations: String,
    matrices: String,
    flags: Vec<&'static str>,
}

impl Text {
    /// Starts a kernel whose workgroups have so many threads.
    pub(super) fn new(workgroup: u32) -> Self {
        Self::default().constant("WORKGROUP", workgroup as usize)
    }

    /// Takes the `#if name` branches.
    pub(super) fn flag(mut self, name: &'static str) -> Self {
        self.flags.push(name);
        self
    }

    pub(super) fn constant(mut self, name: &str, value: usize) -> Self {
        let _ = writeln!(self.declarations, "const {name}: u32 = {value}u;");
        self
    }

    pub(super) fn float(mut self, name: &str, value: f32) -> Self {
        let _ = writeln!(self.declarations, "const {name}: f32 = {value:?}f;");
        self
    }

    /// Declares the next buffer, an array of `ty`.
    ///
    /// Always `read_write`: natively, buffers share an allocation, and WebGPU forbids one allocation
    /// to be bound both as read and as read_write.
    pub(super) fn buffer(mut self, name: &str, ty: &str) -> Self {
        let binding = self.buffers;
        let _ = writeln!(
            self.declarations,
            "@group(0) @binding({binding}) var<storage, read_write> {name}: array<{ty}>;"
        );
        self.buffers += 1;
        self
    }

    /// Declares the buffers of a matrix, [`Launch::weight`](super::launch::Launch::weight), and the
    /// function `name_block(row, index)`, which unpacks a block of it.
    pub(super) fn matrix(mut self, name: &str, matrix: Matrix) -> Self {
        let (flags, quants, scales): (&[_], _, _) = match matrix.format {
            Format::Q4 => (&["Q4"], "vec4<u32>", Some("vec2<f32>")),
            Format::Q8 => (&["Q8"], "vec4<u32>", Some("f32")),
            Format::Q8Halves => (&["Q8", "HALVES"], "vec4<u32>", Some("f32")),
            Format::F16 => (&["F16"], "vec4<u32>", None),
            Format::F32 => (&["F32"], "vec4<f32>", None),
        };
        if self.matrices.is_empty() {
            self.matrices.push_str(UNPACK);
        }
        let block = BLOCK.replace("MATRIX", name);
        choose(&block, flags, &mut self.matrices);
        let text = self
            .constant(&format!("{name}_ROWS"), matrix.rows)
            .constant(&format!("{name}_BLOCKS"), matrix.row_blocks())
            .buffer(&format!("{name}_quants"), quants);
        match scales {
            Some(ty) => text.buffer(&format!("{name}_scales"), ty),
            None => text,
        }
    }

    /// The whole text, with `parts` behind the declarations.
    pub(super) fn with(self, parts: &[&str]) -> String {
        let mut text = self.declarations + &self.matrices;
        for part in parts {
            choose(part, &self.flags, &mut text);
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
