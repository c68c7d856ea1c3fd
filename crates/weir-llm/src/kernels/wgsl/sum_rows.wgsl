// Adds the rows span[0] to span[1] of x to a sum; a thread takes one column.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= COLS) {
        return;
    }
    var total = sum[id.x];
    for (var row = u32(span[0]); row < u32(span[1]); row++) {
        total += x[row * COLS + id.x];
    }
    sum[id.x] = total;
}
