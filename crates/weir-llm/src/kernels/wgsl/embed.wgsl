// Looks up the rows of the embedding table: a thread unpacks one block of one token's row.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= w_BLOCKS) {
        return;
    }
    let w = w_block(u32(step[2u + id.y]), id.x);
    let at = 8u * (id.y * w_BLOCKS + id.x);
    out[at] = w.a;
    out[at + 1u] = w.b;
    out[at + 2u] = w.c;
    out[at + 3u] = w.d;
    out[at + 4u] = w.e;
    out[at + 5u] = w.f;
    out[at + 6u] = w.g;
    out[at + 7u] = w.h;
}
