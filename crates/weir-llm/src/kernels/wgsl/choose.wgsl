// Chooses the next token, and with it the next step, as `Sampler` does: the penalties, the most likely
// tokens, of these the fewest that reach a share and are near enough to the best, one of them at
// random. One workgroup.
//
// The most likely are found without sorting: histograms of the logits' leading digits, then of the next
// ones among those at the edge (and last of the tokens' own, the lower the better), until no more than
// ROOM tokens are as good as the last one wanted; these are ranked by counting who is better.

const DIGITS: u32 = 2048u;
const LEVELS: u32 = 5u;
const ROOM: u32 = 512u;

var<workgroup> bins: array<atomic<u32>, DIGITS>;
// The digits of the last token wanted, so far; how many wanted ones are not above it; and how many
// tokens are above it or share its digits.
var<workgroup> edge: array<u32, LEVELS>;
var<workgroup> wanted: u32;
var<workgroup> reaching: u32;
var<workgroup> found: atomic<u32>;
var<workgroup> found_keys: array<u32, ROOM>;
var<workgroup> found_tokens: array<u32, ROOM>;
var<workgroup> sorted: array<u32, WORKGROUP>;
var<workgroup> plain: array<f32, WORKGROUP>;
var<workgroup> heated: array<f32, WORKGROUP>;

// Infinity counts as the largest number.
fn finite(bits: u32) -> u32 {
    return select(bits, 0x7f7fffffu, bits == 0x7f800000u);
}

// A number that orders tokens like their logits; 0 if the token is impossible (not a number, or minus
// infinity). Bits are compared because WGSL may take floats to be finite.
fn key(token: u32) -> u32 {
    if (token >= COLS) {
        return 0u;
    }
    let bits = finite(logits[token]);
    if ((bits & 0x7fffffffu) >= 0x7f800000u) {
        return 0u;
    }
    return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn logit(key: u32) -> f32 {
    return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}

fn digit(key: u32, token: u32, level: u32) -> u32 {
    let rank = 0x3fffffu - token;
    switch (level) {
        case 0u: { return key >> 21u; }
        case 1u: { return (key >> 10u) & 2047u; }
        case 2u: { return key & 1023u; }
        case 3u: { return rank >> 11u; }
        default: { return rank & 2047u; }
    }
}

// Counts a token if its leading digits are the edge's.
fn count(key: u32, token: u32, level: u32) {
    for (var i = 0u; i < level; i++) {
        if (digit(key, token, i) != edge[i]) {
            return;
        }
    }
    atomicAdd(&bins[digit(key, token, level)], 1u);
}

// Keeps a token that is above the edge or shares its digits.
fn gather(key: u32, token: u32, level: u32) {
    if (key == 0u) {
        return;
    }
    for (var i = 0u; i <= level; i++) {
        let d = digit(key, token, i);
        if (d < edge[i]) {
            return;
        }
        if (d > edge[i]) {
            break;
        }
    }
    let place = atomicAdd(&found, 1u);
    if (place < ROOM) {
        found_keys[place] = key;
        found_tokens[place] = token;
    }
}

// Lowers the logits of recent tokens, or raises them, each once.
fn penalise(lane: u32, chosen: u32) {
    let window = min(u32(settings[7]), RECENT);
    let first = 1u + chosen + RECENT - window;
    for (var i = lane; i < window; i += WORKGROUP) {
        let token = history[first + i];
        var is_first = token >= 0 && token < i32(COLS);
        var count = 0.0;
        for (var j = 0u; j < window; j++) {
            if (history[first + j] == token) {
                count += 1.0;
                is_first = is_first && j >= i;
            }
        }
        if (is_first && key(u32(token)) != 0u) {
            let v = logit(key(u32(token)));
            let repeated = select(v * settings[4], v / settings[4], v > 0.0);
            logits[token] = bitcast<u32>(repeated - settings[5] * count - settings[6]);
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
    let chosen = u32(history[0]);
    let most = min(u32(settings[0]), WORKGROUP);
    if (settings[4] > 1.0 || settings[5] != 0.0 || settings[6] != 0.0) {
        penalise(lane, chosen);
    }
    if (lane == 0u) {
        wanted = most;
        atomicStore(&found, 0u);
    }
    var level = 0u;
    loop {
        for (var i = lane; i < DIGITS; i += WORKGROUP) {
            atomicStore(&bins[i], 0u);
        }
        storageBarrier();
        workgroupBarrier();
        // Four logits are on their way at a time: one workgroup has few threads to wait with.
        for (var i = lane; i < COLS; i += 4u * WORKGROUP) {
            let tokens = vec4<u32>(i) + vec4<u32>(0u, 1u, 2u, 3u) * WORKGROUP;
            let keys = vec4<u32>(key(tokens.x), key(tokens.y), key(tokens.z), key(tokens.w));
            count(keys.x, tokens.x, level);
            count(keys.y, tokens.y, level);
            count(keys.z, tokens.z, level);
            count(keys.w, tokens.w, level);
        }
        workgroupBarrier();
        if (lane == 0u) {
            var d = DIGITS - 1u;
            var here = atomicLoad(&bins[d]);
            while (here < wanted && d > 0u) {
                wanted -= here;
                d -= 1u;
                here = atomicLoad(&bins[d]);
            }
            edge[level] = d;
            reaching = most - min(wanted, most) + here;
        }
        if (workgroupUniformLoad(&reaching) <= ROOM || level == LEVELS - 1u) {
            break;
        }
        level += 1u;
    }
    for (var i = lane; i < COLS; i += 4u * WORKGROUP) {
        let tokens = vec4<u32>(i) + vec4<u32>(0u, 1u, 2u, 3u) * WORKGROUP;
        let keys = vec4<u32>(key(tokens.x), key(tokens.y), key(tokens.z), key(tokens.w));
        gather(keys.x, tokens.x, level);
        gather(keys.y, tokens.y, level);
        gather(keys.z, tokens.z, level);
        gather(keys.w, tokens.w, level);
    }
    workgroupBarrier();
    let candidates = min(atomicLoad(&found), ROOM);
    for (var i = lane; i < candidates; i += WORKGROUP) {
        let mine = found_keys[i];
        var better = 0u;
        for (var j = 0u; j < candidates; j++) {
            let other = found_keys[j];
            let wins = other == mine && found_tokens[j] < found_tokens[i];
            better += select(0u, 1u, other > mine || wins);
        }
        if (better < most) {
            sorted[better] = i;
        }
    }
    workgroupBarrier();
    var kept = min(candidates, most);
    if (lane < kept) {
        let behind = logit(found_keys[sorted[lane]]) - logit(found_keys[sorted[0]]);
        plain[lane] = exp(behind);
        heated[lane] = exp(behind / settings[1]);
    }
    workgroupBarrier();
    if (lane == 0u) {
        var token = -1;
        if (kept > 0u) {
            token = i32(found_tokens[sorted[pick(kept, settings[UNITS + chosen])]]);
        }
        history[0] = i32(chosen) + 1;
        history[1u + RECENT + chosen] = token;
        next[0] = step[0] + step[1];
        next[1] = 1;
        next[2] = max(token, 0);
    }
}

// The place among the `kept` sorted candidates that `unit`, between 0 and 1, falls to; sums are taken in
// the same order as in Rust.
fn pick(sorted_count: u32, unit: f32) -> u32 {
    var kept = sorted_count;
    let share = settings[2];
    if (share < 1.0) {
        var whole = 0.0;
        for (var i = 0u; i < kept; i++) {
            whole += plain[i];
        }
        let goal = share * whole;
        var reached = 0.0;
        var count = 0u;
        while (count < kept && reached < goal) {
            reached += plain[count];
            count += 1u;
        }
        kept = max(count, 1u);
    }
    while (kept > 1u && plain[kept - 1u] < settings[3]) {
        kept -= 1u;
    }
    var whole = 0.0;
    for (var i = 0u; i < kept; i++) {
        whole += heated[i];
    }
    var left = unit;
    for (var i = 0u; i < kept; i++) {
        left -= heated[i] / whole;
        if (left < 0.0) {
            return i;
        }
    }
    return 0u;
}
