// A token's work begins: its position, the turn of its pairs, its embedding, and nothing yet to add.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let position = u32(step[0]);
    if (id.x == 0u) {
        work[0] = f32(position);
    }
    if (id.x < DIM) {
        work[TURN + id.x] = turns[position * DIM + id.x];
    }
    if (id.x < PARTS * HIDDEN) {
        work[ADDED + id.x] = 0.0;
    }
    if (id.x < w_BLOCKS) {
        let w = w_block(u32(step[2]), id.x);
        let at = STREAM + 32u * id.x;
        put(at, w.a);
        put(at + 4u, w.b);
        put(at + 8u, w.c);
        put(at + 12u, w.d);
        put(at + 16u, w.e);
        put(at + 20u, w.f);
        put(at + 24u, w.g);
        put(at + 28u, w.h);
    }
}

fn put(at: u32, v: vec4<f32>) {
    work[at] = v.x;
    work[at + 1u] = v.y;
    work[at + 2u] = v.z;
    work[at + 3u] = v.w;
}
