// The attention of one token, from the residual stream to what one query head adds to it: a workgroup
// takes a head. Heads that share keys and values each compute those of the token themselves; the first
// of them writes them to the cache, which nobody reads at the token's position here.

const FOURS: u32 = DIM / 4u;
const GROUP: u32 = QUERY / KV;
const NONE: f32 = -3.0e38;

var<workgroup> projected: array<f32, 3u * DIM>;
// The turned query and key, and the value.
var<workgroup> turned: array<vec4<f32>, 3u * FOURS>;
// Of one tile of positions while the next one is scored.
var<workgroup> scores: array<f32, 2u * WORKGROUP>;
var<workgroup> tops: array<f32, SHARES>;
var<workgroup> totals: array<f32, SHARES>;
var<workgroup> attended: array<vec4<f32>, FOURS>;
// Through workgroup memory so that the compiler knows it to be the same in every thread: a barrier in
// a loop is only allowed if the loop ends for all at once.
var<workgroup> position: u32;

fn times_attended(w: Block, at: u32) -> f32 {
    return dot(w.a, attended[at]) + dot(w.b, attended[at + 1u])
        + dot(w.c, attended[at + 2u]) + dot(w.d, attended[at + 3u])
        + dot(w.e, attended[at + 4u]) + dot(w.f, attended[at + 5u])
        + dot(w.g, attended[at + 6u]) + dot(w.h, attended[at + 7u]);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let head = group.x;
    let kv = head / GROUP;
    load_stream(lane, head == 0u);
    if (lane == 0u) {
        position = u32(work[0]);
    }
    // A barrier, too.
    let cached = workgroupUniformLoad(&position);

    // The rows of this head's query, then of its key and its value.
    let scale = inverse_rms();
    for (var i = lane; i < 3u * DIM; i += WORKGROUP) {
        let before = select(QUERY + (i / DIM - 1u) * KV + kv, head, i < DIM);
        let row = before * DIM + i % DIM;
        var sum = 0.0;
        for (var b = 0u; b < qkv_BLOCKS; b++) {
            sum += times_stream(qkv_block(row, b), 8u * b);
        }
        // The bias stands behind the norm.
        projected[i] = sum * scale + norm[HIDDEN / 4u + row / 4u][row % 4u];
    }
    workgroupBarrier();

    let start = kv * CONTEXT * FOURS;
    for (var i = lane; i < 3u * FOURS; i += WORKGROUP) {
        var v = vec4<f32>(
            projected[4u * i], projected[4u * i + 1u], projected[4u * i + 2u], projected[4u * i + 3u],
        );
        let at = start + cached * FOURS + i % FOURS;
        if (i < 2u * FOURS) {
            let t = four(TURN + i % FOURS * 4u);
            v = vec4<f32>(
                v.x * t.x - v.y * t.y, v.x * t.y + v.y * t.x,
                v.z * t.z - v.w * t.w, v.z * t.w + v.w * t.z,
            );
        }
        turned[i] = v;
        if (head % GROUP == 0u && i >= FOURS) {
            if (i < 2u * FOURS) {
                keys[at] = v;
            } else {
                values[at] = v;
            }
        }
    }
    workgroupBarrier();

    // A running softmax over tiles of WORKGROUP positions: each thread scores one position, then sums
    // up four components of the values of every SHARES-th position. The token's own belongs to the
    // first share.
    let column = lane % FOURS;
    let share = lane / FOURS;
    var top = NONE;
    var total = 0.0;
    var sum = vec4<f32>(0.0);
    if (share == 0u) {
        var score = 0.0;
        for (var i = 0u; i < FOURS; i++) {
            score += dot(turned[i], turned[FOURS + i]);
        }
        top = score * SCALE;
        total = 1.0;
        sum = turned[2u * FOURS + column];
    }
    for (var tile = 0u; tile < cached; tile += WORKGROUP) {
        let buffer = tile / WORKGROUP % 2u * WORKGROUP;
        if (tile + lane < cached) {
            let at = start + (tile + lane) * FOURS;
            var score = 0.0;
            for (var i = 0u; i < FOURS; i++) {
                score += dot(turned[i], keys[at + i]);
            }
            scores[buffer + lane] = score * SCALE;
        }
        workgroupBarrier();
        if (share < SHARES) {
            let count = min(WORKGROUP, cached - tile);
            for (var i = share; i < count; i += SHARES) {
                let score = scores[buffer + i];
                if (score > top) {
                    let shrink = exp(top - score);
                    total *= shrink;
                    sum *= shrink;
                    top = score;
                }
                let p = exp(score - top);
                total += p;
                sum += p * values[start + (tile + i) * FOURS + column];
            }
        }
    }
    // Nobody reads the stream in `room` any more.
    if (share < SHARES) {
        room[lane] = sum;
        if (column == 0u) {
            tops[share] = top;
            totals[share] = total;
        }
    }
    workgroupBarrier();
    if (lane < FOURS) {
        var highest = NONE;
        for (var i = 0u; i < SHARES; i++) {
            highest = max(highest, tops[i]);
        }
        var whole = 0.0;
        var together = vec4<f32>(0.0);
        for (var i = 0u; i < SHARES; i++) {
            let shrink = exp(tops[i] - highest);
            whole += totals[i] * shrink;
            together += room[i * FOURS + lane] * shrink;
        }
        attended[lane] = together / whole;
    }
    workgroupBarrier();

    // This head's columns of the output projection.
    for (var row = lane; row < HIDDEN; row += WORKGROUP) {
        var value = 0.0;
        for (var b = 0u; b < DIM / 32u; b++) {
            value += times_attended(output_block(row, head * (DIM / 32u) + b), 8u * b);
        }
        work[ADDS + head * HIDDEN + row] = value;
    }
}
