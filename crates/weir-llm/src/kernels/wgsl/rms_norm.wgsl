// RMS norm of one row per workgroup; only used while reading a prompt.

var<workgroup> partial: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let start = group.x * COLS4;
    var sum = 0.0;
    for (var i = lane; i < COLS4; i += WORKGROUP) {
        let v = x[start + i];
        sum += dot(v, v);
    }
    partial[lane] = sum;
    workgroupBarrier();
    var total = 0.0;
    for (var i = 0u; i < WORKGROUP; i++) {
        total += partial[i];
    }
    let scale = inverseSqrt(total / f32(4u * COLS4) + EPS);
    for (var i = lane; i < COLS4; i += WORKGROUP) {
        out[start + i] = x[start + i] * scale * norm[i];
    }
}
