// The residual stream behind the last layer.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x < HIDDEN / 4u) {
        out[id.x] = residual(4u * id.x);
    }
}
