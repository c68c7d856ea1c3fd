// The residual stream in workgroup memory, times the norm's weights; the rows that are multiplied with
// it are divided by its root mean square afterwards.

var<workgroup> room: array<vec4<f32>, ROOM>;
var<workgroup> squares: array<f32, WORKGROUP>;

// One workgroup also keeps the stream for the operation after this one (KEPT).
fn load_stream(lane: u32, keep: bool) {
    var square = 0.0;
    for (var i = lane; i < HIDDEN / 4u; i += WORKGROUP) {
        let v = residual(4u * i);
        if (keep) {
            let at = KEPT + 4u * i;
            work[at] = v.x;
            work[at + 1u] = v.y;
            work[at + 2u] = v.z;
            work[at + 3u] = v.w;
        }
        square += dot(v, v);
        room[i] = v * norm[i];
    }
    squares[lane] = square;
}

fn inverse_rms() -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < WORKGROUP; i++) {
        sum += squares[i];
    }
    return inverseSqrt(sum / f32(HIDDEN) + EPS);
}

fn times_stream(w: Block, at: u32) -> f32 {
    return dot(w.a, room[at]) + dot(w.b, room[at + 1u])
        + dot(w.c, room[at + 2u]) + dot(w.d, room[at + 3u])
        + dot(w.e, room[at + 4u]) + dot(w.f, room[at + 5u])
        + dot(w.g, room[at + 6u]) + dot(w.h, room[at + 7u]);
}
