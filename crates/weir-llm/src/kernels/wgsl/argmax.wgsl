// The token with the highest logit, and with it the next step. One workgroup: each thread searches
// its share, then the first thread searches what the others found.

var<workgroup> places: array<u32, WORKGROUP>;

fn better(candidate: u32, best: u32) -> bool {
    return logits[candidate] > logits[best]
        || (logits[candidate] == logits[best] && candidate < best);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
    var best = min(lane, COLS - 1u);
    for (var i = lane; i < COLS; i += WORKGROUP) {
        if (better(i, best)) {
            best = i;
        }
    }
    places[lane] = best;
    workgroupBarrier();
    if (lane == 0u) {
        for (var i = 1u; i < WORKGROUP; i++) {
            if (better(places[i], best)) {
                best = places[i];
            }
        }
        next[0] = step[0] + step[1];
        next[1] = 1;
        next[2] = i32(best);
    }
}
