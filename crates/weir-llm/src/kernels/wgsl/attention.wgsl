// Causal attention of one query head of one token per workgroup, with a running softmax over tiles
// of WORKGROUP positions: first each thread scores one position, then each thread sums up DIMS
// components of the values.

const DIMS: u32 = (DIM + WORKGROUP - 1u) / WORKGROUP;
const NONE: f32 = -3.0e38;

var<workgroup> query: array<vec4<f32>, DIM / 4u>;
var<workgroup> scores: array<f32, WORKGROUP>;
// The number of positions, through workgroup memory so that the compiler knows it to be the same in
// every thread: a barrier in a loop is only allowed if the loop ends for all at once.
var<workgroup> positions: u32;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let head = group.x;
    let token = group.y;
    let start = head / (QUERY / KV) * CONTEXT;
    if (lane == 0u) {
        positions = u32(step[0]) + token + 1u;
    }
    let length = workgroupUniformLoad(&positions);
    for (var i = lane; i < DIM / 4u; i += WORKGROUP) {
        query[i] = q[(token * QUERY + head) * (DIM / 4u) + i] * SCALE;
    }
    workgroupBarrier();

    var sums: array<f32, DIMS>;
    for (var d = 0u; d < DIMS; d++) {
        sums[d] = 0.0;
    }
    var highest = NONE;
    var weight = 0.0;
    for (var tile = 0u; tile < length; tile += WORKGROUP) {
        var score = NONE;
        if (tile + lane < length) {
            let at = (start + tile + lane) * (DIM / 4u);
            score = 0.0;
            for (var i = 0u; i < DIM / 4u; i++) {
                score += dot(query[i], keys[at + i]);
            }
        }
        scores[lane] = score;
        workgroupBarrier();

        var next = highest;
        for (var i = 0u; i < WORKGROUP; i++) {
            next = max(next, scores[i]);
        }
        workgroupBarrier();
        // A position past the end must weigh exactly nothing, however low the others score.
        scores[lane] = select(0.0, exp(score - next), tile + lane < length);
        workgroupBarrier();

        let shrink = exp(highest - next);
        highest = next;
        weight *= shrink;
        for (var d = 0u; d < DIMS; d++) {
            sums[d] *= shrink;
        }
        let count = min(WORKGROUP, length - tile);
        for (var i = 0u; i < count; i++) {
            let p = scores[i];
            weight += p;
            let at = (start + tile + i) * DIM + lane;
            for (var d = 0u; d < DIMS; d++) {
                if (lane + d * WORKGROUP < DIM) {
                    sums[d] += p * values[at + d * WORKGROUP];
                }
            }
        }
        workgroupBarrier();
    }
    for (var d = 0u; d < DIMS; d++) {
        let i = lane + d * WORKGROUP;
        if (i < DIM) {
            out[(token * QUERY + head) * DIM + i] = sums[d] / weight;
        }
    }
}
