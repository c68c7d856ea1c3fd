// The feed-forward layer of one token, from the residual stream to what SLICE of its rows add to it: a
// workgroup takes a slice. Two threads share each row of the gate, and of the other half beside it.

const SLICE: u32 = WORKGROUP / 4u;

var<workgroup> products: array<f32, WORKGROUP>;
var<workgroup> gated: array<vec4<f32>, SLICE / 4u>;

fn times_gated(w: Block, at: u32) -> f32 {
    return dot(w.a, gated[at]) + dot(w.b, gated[at + 1u])
        + dot(w.c, gated[at + 2u]) + dot(w.d, gated[at + 3u])
        + dot(w.e, gated[at + 4u]) + dot(w.f, gated[at + 5u])
        + dot(w.g, gated[at + 6u]) + dot(w.h, gated[at + 7u]);
}

// Four rows of the slice: the sum of what two threads each have.
fn joined(at: u32) -> vec4<f32> {
    let other = at + 2u * SLICE;
    return vec4<f32>(
        products[at] + products[other], products[at + 1u] + products[other + 1u],
        products[at + 2u] + products[other + 2u], products[at + 3u] + products[other + 3u],
    );
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let slice = group.x;
    load_stream(lane, slice == 0u);
    workgroupBarrier();

    let row = slice * SLICE + lane % SLICE;
    var product = 0.0;
    // The last slice may end early.
    if (row < FFN) {
        let at = row + lane / SLICE % 2u * FFN;
        for (var b = lane / (2u * SLICE); b < gate_BLOCKS; b += 2u) {
            product += times_stream(gate_block(at, b), 8u * b);
        }
    }
    products[lane] = product;
    workgroupBarrier();
    if (lane < SLICE / 4u) {
        let scale = inverse_rms();
        gated[lane] = silu(joined(4u * lane) * scale) * (joined(SLICE + 4u * lane) * scale);
    }
    workgroupBarrier();

    // These rows' columns of the projection onto the stream.
    for (var out_row = lane; out_row < HIDDEN; out_row += WORKGROUP) {
        var value = 0.0;
        for (var b = 0u; b < SLICE / 32u; b++) {
            let block = slice * (SLICE / 32u) + b;
            if (block < down_BLOCKS) {
                value += times_gated(down_block(out_row, block), 8u * b);
            }
        }
        work[ADDS + slice * HIDDEN + out_row] = value;
    }
}
