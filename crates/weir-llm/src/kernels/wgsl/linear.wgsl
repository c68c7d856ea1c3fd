// A projection of one row of x. A thread owns a row of the weights, so that nothing is shared
// between threads and no barrier is needed.
//
// NORM folds the RMS norm in: the weights are multiplied by the norm's, and the sum of squares that
// the norm divides by is gathered on the way, since every thread reads the whole row of x anyway.
// GATE also walks the row OUT_ROWS further down and returns silu(first) * second.

const COLS4: u32 = 8u * w_BLOCKS;

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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if (row >= OUT_ROWS) {
        return;
    }
#if LAST
    let start = u32(step[1] - 1) * COLS4;
#else
    let start = 0u;
#end
    var sum = 0.0;
#if GATE
    var sum2 = 0.0;
#end
#if NORM
    var square = 0.0;
#end
    for (var b = 0u; b < w_BLOCKS; b++) {
        let at = start + 8u * b;
#if NORM
        sum += times_x(times_norm(w_block(row, b), 8u * b), at);
        square += squares(at);
#else
        sum += times_x(w_block(row, b), at);
#end
#if GATE
        sum2 += times_x(times_norm(w_block(row + OUT_ROWS, b), 8u * b), at);
#end
    }
#if NORM
    let scale = inverseSqrt(square / f32(4u * COLS4) + EPS);
    sum *= scale;
#end
#if GATE
    sum = silu(vec4<f32>(sum)).x * (sum2 * scale);
#end
#if ADD
    out[row] += sum;
#else
    out[row] = sum;
#end
}
