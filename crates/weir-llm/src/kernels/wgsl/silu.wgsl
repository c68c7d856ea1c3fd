// The exponent is clamped because WGSL leaves an overflow undefined; the result is 0 either way.
fn silu(v: vec4<f32>) -> vec4<f32> {
    return v / (1.0 + exp(min(-v, vec4<f32>(80.0))));
}
