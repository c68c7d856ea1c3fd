// A projection of many rows of x (tokens): a workgroup computes TILE_ROWS outputs of TILE_TOKENS of
// them. For one block of columns after the other it unpacks the weights of the tile into workgroup
// memory, once for all its tokens, and copies the tokens' part of x beside them; then each thread
// multiplies four rows with four tokens.
//
// GATE fills half of the tile with rows of the first matrix and half with the rows OUT_ROWS further
// down that they meet in silu(first) * second.

const TILE_ROWS: u32 = 64u;
const TILE_TOKENS: u32 = 32u;
const ROW_LANES: u32 = TILE_ROWS / 4u;
const TOKEN_LANES: u32 = TILE_TOKENS / 4u;
const COLS4: u32 = 8u * w_BLOCKS;
#if GATE
const OUT_TILE: u32 = TILE_ROWS / 2u;
#else
const OUT_TILE: u32 = TILE_ROWS;
#end

// Vectors of four columns, those of all rows or tokens side by side.
var<workgroup> weights: array<vec4<f32>, 8u * TILE_ROWS>;
var<workgroup> inputs: array<vec4<f32>, 8u * TILE_TOKENS>;

fn unpack_row(lane: u32, first_row: u32, b: u32) {
#if GATE
    let out_row = min(first_row + lane % OUT_TILE, OUT_ROWS - 1u);
    let w = w_block(out_row + lane / OUT_TILE * OUT_ROWS, b);
#else
    let w = w_block(min(first_row + lane, OUT_ROWS - 1u), b);
#end
    weights[lane] = w.a;
    weights[lane + TILE_ROWS] = w.b;
    weights[lane + 2u * TILE_ROWS] = w.c;
    weights[lane + 3u * TILE_ROWS] = w.d;
    weights[lane + 4u * TILE_ROWS] = w.e;
    weights[lane + 5u * TILE_ROWS] = w.f;
    weights[lane + 6u * TILE_ROWS] = w.g;
    weights[lane + 7u * TILE_ROWS] = w.h;
}

fn store(token: u32, row: u32, count: u32, value: f32) {
    if (token < count && row < OUT_ROWS) {
#if ADD
        out[token * OUT_ROWS + row] += value;
#else
        out[token * OUT_ROWS + row] = value;
#end
    }
}

fn store_row(row: u32, first_token: u32, count: u32, values: vec4<f32>) {
    store(first_token, row, count, values.x);
    store(first_token + TOKEN_LANES, row, count, values.y);
    store(first_token + 2u * TOKEN_LANES, row, count, values.z);
    store(first_token + 3u * TOKEN_LANES, row, count, values.w);
}

fn times_inputs(w: vec4<f32>, p: vec4<f32>, q: vec4<f32>, r: vec4<f32>, s: vec4<f32>) -> vec4<f32> {
    return vec4<f32>(dot(w, p), dot(w, q), dot(w, r), dot(w, s));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let first_row = group.x * OUT_TILE;
    let first_token = group.y * TILE_TOKENS;
    let count = u32(step[1]);
    let row = lane % ROW_LANES;
    let token = lane / ROW_LANES;
    var a = vec4<f32>(0.0);
    var b = vec4<f32>(0.0);
    var c = vec4<f32>(0.0);
    var d = vec4<f32>(0.0);
    for (var block = 0u; block < w_BLOCKS; block++) {
        if (lane < TILE_ROWS) {
            unpack_row(lane, first_row, block);
        } else {
            // Tokens past the end are copies of the last one, and not stored.
            for (var i = lane - TILE_ROWS; i < 8u * TILE_TOKENS; i += WORKGROUP - TILE_ROWS) {
                let token_row = min(first_token + i / 8u, count - 1u);
                inputs[i % 8u * TILE_TOKENS + i / 8u] = x[token_row * COLS4 + 8u * block + i % 8u];
            }
        }
        workgroupBarrier();
        for (var i = 0u; i < 8u; i++) {
            let at = i * TILE_TOKENS + token;
            let p = inputs[at];
            let q = inputs[at + TOKEN_LANES];
            let r = inputs[at + 2u * TOKEN_LANES];
            let s = inputs[at + 3u * TOKEN_LANES];
            let place = i * TILE_ROWS + row;
            a += times_inputs(weights[place], p, q, r, s);
            b += times_inputs(weights[place + ROW_LANES], p, q, r, s);
            c += times_inputs(weights[place + 2u * ROW_LANES], p, q, r, s);
            d += times_inputs(weights[place + 3u * ROW_LANES], p, q, r, s);
        }
        workgroupBarrier();
    }
    let out_row = first_row + row;
    let out_token = first_token + token;
#if GATE
    store_row(out_row, out_token, count, silu(a) * c);
    store_row(out_row + ROW_LANES, out_token, count, silu(b) * d);
#else
    store_row(out_row, out_token, count, a);
    store_row(out_row + ROW_LANES, out_token, count, b);
    store_row(out_row + 2u * ROW_LANES, out_token, count, c);
    store_row(out_row + 3u * ROW_LANES, out_token, count, d);
#end
}
