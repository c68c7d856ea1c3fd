// The residual stream, as the operation before left it: what it was there (STREAM), and what each of
// PARTS workgroups adds to it (ADDED). See `Work`.

fn four(at: u32) -> vec4<f32> {
    return vec4<f32>(work[at], work[at + 1u], work[at + 2u], work[at + 3u]);
}

fn residual(at: u32) -> vec4<f32> {
    var sum = four(STREAM + at);
    for (var part = 0u; part < PARTS; part++) {
        sum += four(ADDED + part * HIDDEN + at);
    }
    return sum;
}
