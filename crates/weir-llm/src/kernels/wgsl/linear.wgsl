// A projection. A thread owns a row of the weights: it unpacks each block once and multiplies it
// with one row of x (decoding), or with TILE rows of it (TILED: reading a prompt), so that nothing
// is shared between threads and no barrier is needed.
//
// NORM folds the RMS norm in: the weights are multiplied by the norm's, and the sum of squares that
// the norm divides by is gathered on the way, since every thread reads the whole row of x anyway.
// GATE also walks the row OUT_ROWS further down and returns silu(first) * second.

const COLS4: u32 = 8u * BLOCKS;

fn times_x(w: Block, at: u32) -> f32 {
    return dot(w.a, x[at]) + dot(w.b, x[at + 1u]) + dot(w.c, x[at + 2u]) + dot(w.d, x[at + 3u])
        + dot(w.e, x[at + 4u]) + dot(w.f, x[at + 5u]) + dot(w.g, x[at + 6u]) + dot(w.h, x[at + 7u]);
}

#if NORM
fn times_norm(w: Block, at: u32) -> Block {
    return Block(
        w.a * norm[at], w.b * norm[at + 1u], w.c * norm[at + 2u], w.d * norm[at + 3u],
        w.e * norm[at + 4u], w.f * norm[at + 5u], w.g * norm[at + 6u], w.h * norm[at + 7u],
    );
}

fn squares(at: u32) -> f32 {
    var sum = 0.0;
    for (var i = at; i < at + 8u; i++) {
        sum += dot(x[i], x[i]);
    }
    return sum;
}
#end

#if GATE
// The exponent is clamped because WGSL leaves an overflow undefined; the result is 0 either way.
fn silu(v: f32) -> f32 {
    return v / (1.0 + exp(min(-v, 80.0)));
}
#end

#if TILED
fn store(token: u32, count: u32, row: u32, value: f32) {
    if (token < count) {
#if ADD
        out[token * OUT_ROWS + row] += value;
#else
        out[token * OUT_ROWS + row] = value;
#end
    }
}

fn times_tile(w: Block, tokens: vec4<u32>, at: u32) -> vec4<f32> {
    let rows = tokens * COLS4 + at;
    return vec4<f32>(times_x(w, rows.x), times_x(w, rows.y), times_x(w, rows.z), times_x(w, rows.w));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if (row >= OUT_ROWS) {
        return;
    }
    // Rows past the end are computed as copies of the last one, and not stored.
    let count = u32(step[1]);
    let first = id.y * 8u;
    let last = vec4<u32>(count - 1u);
    let near = min(vec4<u32>(first, first + 1u, first + 2u, first + 3u), last);
    let far = min(near + vec4<u32>(4u), last);
    var p = vec4<f32>(0.0);
    var q = vec4<f32>(0.0);
#if GATE
    var p2 = vec4<f32>(0.0);
    var q2 = vec4<f32>(0.0);
#end
    for (var b = 0u; b < BLOCKS; b++) {
        let w = block(row, b);
        p += times_tile(w, near, 8u * b);
        q += times_tile(w, far, 8u * b);
#if GATE
        let w2 = block(row + OUT_ROWS, b);
        p2 += times_tile(w2, near, 8u * b);
        q2 += times_tile(w2, far, 8u * b);
#end
    }
#if GATE
    p = p2 * vec4<f32>(silu(p.x), silu(p.y), silu(p.z), silu(p.w));
    q = q2 * vec4<f32>(silu(q.x), silu(q.y), silu(q.z), silu(q.w));
#end
    store(first, count, row, p.x);
    store(first + 1u, count, row, p.y);
    store(first + 2u, count, row, p.z);
    store(first + 3u, count, row, p.w);
    store(first + 4u, count, row, q.x);
    store(first + 5u, count, row, q.y);
    store(first + 6u, count, row, q.z);
    store(first + 7u, count, row, q.w);
}
#else
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if (row >= OUT_ROWS) {
        return;
    }
#if LAST
    let start = u32(step[1] - 1) * COLS4;
#else
    let start = id.y * COLS4;
#end
    var sum = 0.0;
#if GATE
    var sum2 = 0.0;
#end
#if NORM
    var square = 0.0;
#end
    for (var b = 0u; b < BLOCKS; b++) {
        let at = start + 8u * b;
#if NORM
        sum += times_x(times_norm(block(row, b), 8u * b), at);
        square += squares(at);
#else
        sum += times_x(block(row, b), at);
#end
#if GATE
        sum2 += times_x(times_norm(block(row + OUT_ROWS, b), 8u * b), at);
#end
    }
#if NORM
    let scale = inverseSqrt(square / f32(4u * COLS4) + EPS);
    sum *= scale;
#end
#if GATE
    sum = silu(sum) * (sum2 * scale);
#end
#if ADD
    out[id.y * OUT_ROWS + row] += sum;
#else
    out[id.y * OUT_ROWS + row] = sum;
#end
}
#end
