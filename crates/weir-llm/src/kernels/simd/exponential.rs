//! The exponential function, for many numbers at a time.

/// `x` becomes `e^x`, to about 1e-7 of it; below -87 it stays at e^-87.
///
/// `e^x = 2ⁿ · e^r` with `n` the whole number nearest to `x / ln 2`, so that `|r| ≤ ln 2 / 2` and seven
/// terms of the series are enough. There are no branches: the compiler takes four numbers at a time.
pub(super) fn exp_all(x: &mut [f32]) {
    x.iter_mut().for_each(|x| *x = exp(*x));
}

/// `silu(a) ∘ b`, with `silu(a) = a / (1 + e^-a)`.
pub fn silu_mul(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((a, b), out) in a.iter().zip(b).zip(out) {
        *out = a / (1.0 + exp(-a)) * b;
    }
}

#[inline(always)]
fn exp(x: f32) -> f32 {
    /// What is added leaves no bits behind the point.
    const SHIFT: f32 = 1.5 * (1 << 23) as f32;
    /// ln 2 in two parts, the first with so few bits that its multiples are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + SHIFT;
    let n = shifted - SHIFT;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let mut sum = 1.0 / 5040.0;
    for term in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * r + term;
    }
    // The low bits of `shifted` are `n`: they become an exponent.
    sum * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
}
