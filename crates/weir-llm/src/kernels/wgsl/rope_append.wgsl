// Adds the bias, turns queries and keys by their position, and writes keys and values to the cache. A thread takes
// one pair of neighbouring components of one token.

const PAIRS: u32 = DIM / 2u;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let head = id.x / PAIRS;
    if (head >= QUERY + 2u * KV) {
        return;
    }
    let pair = id.x % PAIRS;
    let token = id.y;
    let position = u32(step[0]) + token;
    let v = qkv[token * (QUERY + 2u * KV) * PAIRS + id.x] + bias[id.x];
    let t = turns[position * PAIRS + pair];
    let turned = vec2<f32>(v.x * t.x - v.y * t.y, v.x * t.y + v.y * t.x);
    if (head < QUERY) {
        q[token * QUERY * PAIRS + id.x] = turned;
    } else if (head < QUERY + KV) {
        keys[((head - QUERY) * CONTEXT + position) * PAIRS + pair] = turned;
    } else {
        values[((head - QUERY - KV) * CONTEXT + position) * PAIRS + pair] = v;
    }
}
